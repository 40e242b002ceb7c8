import type { Outcome } from './outcome.js';
import type { ShutdownFailure } from './shutdown-outcome.js';
import type { ShutdownTrigger } from './shutdown-trigger.js';

/**
 * Is told how the application is taken apart, as it happens.
 *
 * @internal
 */
export interface TeardownObserver {
  failed(failure: ShutdownFailure): void;
  /** @param hook - its name: `DatabaseService.onModuleDestroy` */
  hookBegan(hook: string): void;
  hookEnded(hook: string, outcome: Outcome): void;
}

/**
 * What takes the application apart once nothing is in flight any more.
 *
 * @internal
 */
export interface Teardown {
  run(trigger: ShutdownTrigger, observer: TeardownObserver): Promise<void>;
  /** The names of what has begun and not ended. */
  unfinished(): readonly string[];
}

/** Somebody else takes the application apart, or there is none to take apart. @internal */
export const nothingToTearDown: Teardown = {
  run: () => Promise.resolve(),
  unfinished: () => [],
};
