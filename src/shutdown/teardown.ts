import type { Outcome } from './outcome.js';
import type { ShutdownFailure } from './shutdown-outcome.js';
import type { ShutdownTrigger } from './shutdown-trigger.js';

/**
 * Observes the teardown as it happens.
 *
 * @internal
 */
export interface TeardownObserver {
  failed(failure: ShutdownFailure): void;
  /** @param hook - its name: `DatabaseService.onModuleDestroy` */
  hookBegan(hook: string): void;
  hookEnded(hook: string, outcome: Outcome): void;
  /** Reading a hook throws, so it is not called. */
  hookUnreadable(hook: string, error: unknown): void;
}

/**
 * Takes the application apart once nothing is in flight.
 *
 * @internal
 */
export interface Teardown {
  run(trigger: ShutdownTrigger, observer: TeardownObserver): Promise<void>;
  /** The names of the hooks that have begun and not ended. */
  unfinished(): readonly string[];
}

/** A teardown that does nothing: there is no application, or its own close() does it. @internal */
export const nothingToTearDown: Teardown = {
  run: () => Promise.resolve(),
  unfinished: () => [],
};
