import type { ShutdownSequence } from './shutdown-sequence.js';

/**
 * An application as its process sees it.
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
  crashed(error: unknown): void;
  /** An uncaught error came after everything was closed. */
  crashedLate(error: unknown): void;
  /** A job was interrupted: what still holds the event loop is abandoned. */
  gaveUp(resources: readonly string[], code: number): void;
  foreignListener(signal: NodeJS.Signals, name: string): void;
  held(resources: readonly string[]): void;
  /** The process is about to end with this code. */
  exits(code: number): void;
}
