import type { FactoryProvider } from '@nestjs/common';

import { ApplicationShutdown } from '../nest/application-shutdown.js';
import type { DrainParticipant } from '../shutdown/drain-participant.js';
import type { Tokens } from './provide.js';
import type { Injectable } from './token.js';

/** What a kind of work may do beside being drained. @internal */
export interface KindLifecycle {
  /**
   * Runs once, when all providers have been made: before the first `onModuleInit`, or with it if
   * the application could not be caught.
   */
  prepare?(): void;
  /**
   * Removes every listener and restores every replaced method, once the application is closed or
   * has failed to start. May be called twice.
   */
  dispose?(): void;
}

/**
 * Provides a kind of work, or a part of one: constructs it with its dependencies, prepares it
 * before the first `onModuleInit`, drains it with the other kinds if it is a participant, and
 * disposes of it at the end.
 *
 * @internal
 */
export function kind<Kind extends KindLifecycle & object, Parameters extends readonly unknown[]>(
  kindClass: new (...values: Parameters) => Kind,
  inject: Tokens<Parameters>,
): FactoryProvider<Kind> {
  return {
    provide: kindClass,
    inject: [ApplicationShutdown, ...(inject as Injectable[])],
    useFactory: (application: ApplicationShutdown, ...values: unknown[]) => {
      const made = new kindClass(...(values as unknown as Parameters));
      const { sequence } = application;
      if (isParticipant(made)) sequence.addParticipant(made);
      if (made.prepare !== undefined) application.beforeInit(() => made.prepare!());
      if (made.dispose !== undefined) sequence.observe({ released: () => made.dispose!() });
      return made;
    },
  };
}

function isParticipant(made: object): made is DrainParticipant {
  return 'drain' in made;
}
