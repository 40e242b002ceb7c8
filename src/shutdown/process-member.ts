import type { ShutdownSequence } from './shutdown-sequence.js';

/**
 * An application as its process sees it. What happens to the process, the observers of its sequence
 * are told.
 *
 * @internal
 */
export interface ProcessMember {
  readonly sequence: ShutdownSequence;
  readonly signals: readonly NodeJS.Signals[];
  readonly leavesOnCrash: boolean;
  /** Whether Nest has built it. Before that there is nothing to stop. */
  isCreated(): boolean;
  /** Whether somebody still waits for its start, which will not come. */
  isStarting(): boolean;
  /** Whether it is made to listen; a context runs a job of its own. */
  isServer(): boolean;
  /** Whether peers may have come to it. */
  isReachable(): boolean;
}
