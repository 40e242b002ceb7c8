import type { Rehearsal, RehearsalOptions } from './rehearsal.js';
import type { Verdict } from './verdict.js';

/** One run and its verdict. @internal */
export interface RehearsalRun extends Rehearsal {
  readonly name: string;
  readonly verdict: Verdict;
}

/** The result of a rehearsal. @internal */
export interface RehearsalResult {
  readonly options: RehearsalOptions;
  /** The first run is of the service as it is, and decides the exit status. */
  readonly runs: readonly RehearsalRun[];
  /** A remark on all runs. */
  readonly note?: string;
}
