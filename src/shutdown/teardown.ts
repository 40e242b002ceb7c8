import type { ShutdownFailure } from './shutdown-outcome.js';
import type { ShutdownTrigger } from './shutdown-trigger.js';

/**
 * What takes the application apart once nothing is under way any more.
 *
 * @internal
 */
export interface Teardown {
  /** @param onFailure - told of what fails on the way, when it does */
  run(trigger: ShutdownTrigger, onFailure: (failure: ShutdownFailure) => void): Promise<void>;
  /** The names of what has begun and not ended. */
  unfinished(): readonly string[];
}

/** Somebody else takes the application apart, or there is none to take apart. @internal */
export const nothingToTearDown: Teardown = {
  run: () => Promise.resolve(),
  unfinished: () => [],
};
