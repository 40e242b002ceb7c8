import type { Rehearsal, RehearsalOptions } from './rehearsal.js';
import type { Verdict } from './verdict.js';

/** One run, and what it comes to. @internal */
export interface RehearsalRun extends Rehearsal {
  readonly name: string;
  readonly verdict: Verdict;
}

/** All that a rehearsal has to tell. @internal */
export interface RehearsalResult {
  readonly options: RehearsalOptions;
  /** The first one is of the service as it is, and decides. */
  readonly runs: readonly RehearsalRun[];
  /** What is to be said of all of it. */
  readonly note?: string;
}
