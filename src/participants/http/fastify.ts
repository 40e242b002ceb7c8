import type { Server } from 'node:net';

import { handlerName } from './handler-name.js';

interface FastifyRoute {
  readonly method: string | readonly string[];
  readonly url: string;
  readonly handler: unknown;
}

interface Fastify {
  addHook(name: 'onRoute', hook: (route: FastifyRoute) => void): void;
  addHook(name: 'onListen', hook: (done: () => void) => void): void;
}

/** @internal */
export function isFastify(instance: unknown): instance is Fastify {
  return typeof (instance as Partial<Fastify> | undefined)?.addHook === 'function';
}

/**
 * The names of Fastify's handlers by the paths they serve. Looked up when a line is logged: a hook
 * that follows each request to its handler would be paid by every request.
 *
 * @internal
 */
export class FastifyRoutes {
  readonly #routes: { readonly route: FastifyRoute; readonly segments: readonly string[] }[] = [];

  constructor(fastify: Fastify) {
    fastify.addHook('onRoute', (route) => {
      this.#routes.push({ route, segments: route.url.split('/') });
    });
  }

  /** The name of the handler; of several that fit, the one whose path has the fewest parameters. */
  nameOf(method: string, path: string): string | undefined {
    const asked = path.split('/');
    const fits = this.#routes
      .filter(({ route, segments }) => route.method.includes(method) && matches(segments, asked))
      .toSorted((a, b) => parameters(a.segments) - parameters(b.segments));
    return handlerName(fits[0]?.route.handler);
  }
}

function matches(pattern: readonly string[], asked: readonly string[]): boolean {
  const isOpen = pattern.at(-1)?.endsWith('*') === true;
  if (isOpen ? asked.length < pattern.length : asked.length !== pattern.length) return false;
  return pattern.every((segment, i) => isParameter(segment) || segment === asked[i]);
}

function parameters(segments: readonly string[]): number {
  return segments.filter(isParameter).length;
}

function isParameter(segment: string): boolean {
  return segment.includes(':') || segment.includes('*');
}

/**
 * On `localhost` Fastify listens on both 127.0.0.1 and ::1, each with a server of its own, and
 * publishes the first only. The others are looked for under the symbol that Fastify keeps them
 * under; where there is none, they are left to Fastify's own `close()`.
 *
 * @internal
 */
export function onSecondaryServers(fastify: Fastify, found: (server: Server) => void): void {
  fastify.addHook('onListen', (done) => {
    const key = Object.getOwnPropertySymbols(fastify).find(
      ({ description }) => description === 'fastify.serverBindings',
    );
    const servers: unknown = key && Reflect.get(fastify, key);
    if (Array.isArray(servers)) for (const server of servers) found(server as Server);
    done();
  });
}
