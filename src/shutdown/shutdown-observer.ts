import type { DrainTask } from './drain-participant.js';
import type { FlushResult } from './flush.js';
import type { ShutdownFailure, ShutdownOutcome } from './shutdown-outcome.js';
import type { ShutdownState, EndedBy } from './shutdown-state.js';
import type { TeardownObserver } from './teardown.js';

/**
 * Observes the process of an application.
 *
 * @internal
 */
export interface ProcessObserver {
  /** An uncaught error came while nothing was leaving yet. */
  crashed(error: unknown): void;
  /** An uncaught error came after everything was closed. */
  crashedLate(error: unknown): void;
  /** Other code listens to a signal, too. */
  foreignListener(signal: NodeJS.Signals, name: string): void;
  /** A job was interrupted: what still keeps the event loop busy is abandoned. */
  gaveUp(resources: readonly string[], code: number): void;
  /** Everything is closed, and something still keeps the event loop alive. */
  held(resources: readonly string[]): void;
  /** The process is about to end with this code. */
  exits(code: number): void;
}

/**
 * Watches a shutdown. All methods are called synchronously.
 *
 * @internal
 */
export interface ShutdownObserver extends Partial<TeardownObserver>, Partial<ProcessObserver> {
  /** @param endedBy - why the previous state ended; undefined for the first one */
  entered?(state: ShutdownState, endedBy?: EndedBy): void;
  /**
   * New connections still arrive: the grace period is extended at the cost of the drain.
   *
   * @param stillMs - how long there must be none before it ends
   * @param maxMs - the longest that the whole grace period may take
   */
  graceExtended?(stillMs: number, maxMs: number): void;
  cut?(work: readonly DrainTask[]): void;
  /** A second signal came while the hooks run. */
  closesSooner?(): void;
  /** The flushes have ended. */
  flushed?(result: FlushResult): void;
  closed?(outcome: ShutdownOutcome): void;
  /**
   * Closed, or its start has failed: what was opened or replaced for the application is given back.
   * May be called again, if an application is closed that has failed to start.
   */
  released?(): void;
}

/**
 * The observers of one shutdown.
 *
 * @internal
 */
export class ShutdownObservers {
  readonly #observers = new Set<ShutdownObserver>();

  /** @param onError - called with what they throw */
  constructor(private readonly onError: (failure: ShutdownFailure) => void) {}

  add(observer: ShutdownObserver): () => void {
    this.#observers.add(observer);
    return () => void this.#observers.delete(observer);
  }

  /** An observer that throws must not stop what it observes. */
  tell(news: (observer: ShutdownObserver) => void): void {
    for (const observer of this.#observers) {
      try {
        news(observer);
      } catch (error) {
        this.onError({ where: 'observer', error });
      }
    }
  }
}
