import 'reflect-metadata';

import { MetadataScanner, type ModulesContainer } from '@nestjs/core';

import { controllersOf } from '../../nest/controllers.js';

/**
 * The metadata key of `@nestjs/microservices` for the pattern of a method, the same from 11.0 to
 * 12.1.
 */
const PATTERNS = 'microservices:pattern';
const TRANSPORT = 'microservices:transport';

interface Handler {
  readonly name: string;
  readonly transport: unknown;
}

/**
 * The names of the message handlers, because Nest gives a server only a pattern and an anonymous
 * function.
 *
 * @internal
 */
export class MessageHandlerNames {
  #handlers: Map<unknown, Handler[]> | undefined;

  constructor(private readonly modules: ModulesContainer) {}

  /**
   * The names of the handlers of a pattern, in the order in which Nest registers them. Several
   * handlers may subscribe to one event.
   *
   * @param pattern - the same object that the decorator was given
   * @param transport - the transport of the server
   */
  of(pattern: unknown, transport: unknown): string[] {
    this.#handlers ??= this.#explore();
    return (this.#handlers.get(pattern) ?? [])
      .filter((handler) => handler.transport === undefined || handler.transport === transport)
      .map(({ name }) => name);
  }

  #explore(): Map<unknown, Handler[]> {
    const handlers = new Map<unknown, Handler[]>();
    const scanner = new MetadataScanner();
    for (const controller of controllersOf(this.modules)) {
      const prototype = controller.prototype as Record<string, object>;
      for (const method of scanner.getAllMethodNames(prototype)) {
        const handler = prototype[method]!;
        const name = `${controller.name}.${method}`;
        const transport: unknown = Reflect.getMetadata(TRANSPORT, handler);
        for (const pattern of patternsOf(handler)) {
          handlers.set(pattern, [...(handlers.get(pattern) ?? []), { name, transport }]);
        }
      }
    }
    return handlers;
  }
}

function patternsOf(handler: object): readonly unknown[] {
  const patterns: unknown = Reflect.getMetadata(PATTERNS, handler);
  return Array.isArray(patterns) ? patterns : [];
}
