import type { DrainTask } from './drain-participant.js';
import type { FlushResult } from './flush.js';
import type { ShutdownFailure, ShutdownOutcome } from './shutdown-outcome.js';
import type { ShutdownState, EndedBy } from './shutdown-state.js';
import type { TeardownObserver } from './teardown.js';

/**
 * Watches a shutdown. All methods are called synchronously.
 *
 * @internal
 */
export interface ShutdownObserver extends Partial<TeardownObserver> {
  /** @param endedBy - why the previous state ended; undefined for the first one */
  entered?(state: ShutdownState, endedBy?: EndedBy): void;
  /**
   * New connections still come: the grace period goes on, and the drain has that much less.
   *
   * @param stillMs - until that long has passed without one
   * @param maxMs - how long the grace period takes at most, all in all
   */
  graceExtended?(stillMs: number, maxMs: number): void;
  cut?(work: readonly DrainTask[]): void;
  /** What has been collected is sent off, or could not be. */
  flushed?(result: FlushResult): void;
  closed?(outcome: ShutdownOutcome): void;
}

/**
 * All who watch one shutdown.
 *
 * @internal
 */
export class ShutdownObservers {
  readonly #observers = new Set<ShutdownObserver>();

  /** @param onError - told of what they throw */
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
