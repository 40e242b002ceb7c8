import type { ShutdownFailure } from './shutdown-outcome.js';
import type { ShutdownTrigger } from './shutdown-trigger.js';

/**
 * What takes the application apart once nothing is under way any more.
 *
 * @internal
 */
export interface Teardown {
  /** @returns what failed on the way; rejects only when the teardown could not go on */
  run(trigger: ShutdownTrigger): Promise<readonly ShutdownFailure[]>;
  /** The names of what has begun and not ended. */
  unfinished(): readonly string[];
}

/** Somebody else takes the application apart, or there is none to take apart. @internal */
export const nothingToTearDown: Teardown = {
  run: () => Promise.resolve([]),
  unfinished: () => [],
};
