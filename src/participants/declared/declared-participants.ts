import 'reflect-metadata';

import type { OnModuleInit } from '@nestjs/common';

import type { BuiltProviders } from '../../nest/built-provider.js';
import type { DrainParticipant as DrainParticipantContract } from '../../shutdown/drain-participant.js';
import type { ShutdownSequence } from '../../shutdown/shutdown-sequence.js';

const DECLARED = 'nestjs-drain:participant';

/**
 * One kind of work that enters the application and must leave it: HTTP requests, a queue consumer,
 * background jobs. All participants drain at the same time, inside one budget; one that throws or
 * hangs is named in the log, and holds up no other.
 *
 * @publicApi
 */
export interface DrainParticipant extends DrainParticipantContract {}

/**
 * Marks a provider as a participant, to be found and drained with the other kinds of work.
 *
 * @example
 * ```ts
 * @Injectable()
 * @DrainParticipant()
 * export class OutboxRelay implements DrainParticipant {
 *   readonly name = 'outbox';
 *   readonly stopsAt = 'grace';
 *   private readonly running = new Set<Promise<void>>();
 *
 *   stopIntake(): void {}
 *   active(): number {
 *     return this.running.size;
 *   }
 *   async drain(): Promise<void> {
 *     await Promise.allSettled(this.running);
 *   }
 * }
 * ```
 *
 * @publicApi
 */
export function DrainParticipant(): ClassDecorator {
  return (target) => Reflect.defineMetadata(DECLARED, true, target);
}

/** Finds the providers marked with `@DrainParticipant()`. @internal */
export class DeclaredParticipants implements OnModuleInit {
  constructor(
    private readonly providers: BuiltProviders,
    private readonly sequence: ShutdownSequence,
  ) {}

  onModuleInit(): void {
    const declared = this.providers().filter(
      ({ type }) => type && Reflect.hasMetadata(DECLARED, type),
    );
    for (const { instance, isStatic } of declared) {
      if (isStatic) this.sequence.addOwnParticipant(instance as DrainParticipantContract);
    }
  }
}
