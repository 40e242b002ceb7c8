import { realTimers } from './real-timers.js';

/**
 * The time of a shutdown. Monotonic, so that a corrected system clock moves no deadline.
 *
 * @internal
 */
export interface Clock {
  /** Milliseconds since an arbitrary start; never goes backwards. */
  now(): number;
  /**
   * Runs `callback` once after `ms`; returns a function that cancels it.
   *
   * @param holds - whether the timer keeps the process alive; by default it does
   */
  after(ms: number, callback: () => void, holds?: boolean): () => void;
  /** Resolves after the event loop has polled for I/O once. */
  turn(): Promise<void>;
}

const { setTimeout, clearTimeout, setImmediate, now } = realTimers;

/** @internal */
export const systemClock: Clock = {
  now,
  after: (ms, callback, holds = true) => {
    const timer = setTimeout(callback, ms);
    if (!holds) timer.unref();
    return () => clearTimeout(timer);
  },
  turn: () => new Promise((resolve) => void setImmediate(resolve)),
};
