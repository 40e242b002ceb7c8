/**
 * Time as the shutdown sees it. Monotonic, so that a corrected system clock moves no deadline.
 *
 * @internal
 */
export interface Clock {
  /** Milliseconds since an arbitrary start; never goes backwards. */
  now(): number;
  /** Runs `callback` once after `ms`; returns what cancels it. */
  after(ms: number, callback: () => void): () => void;
  /** Resolves after the event loop has polled for I/O once. */
  turn(): Promise<void>;
}

/** @internal */
export const systemClock: Clock = {
  now: () => performance.now(),
  after: (ms, callback) => {
    const timer = setTimeout(callback, ms);
    return () => clearTimeout(timer);
  },
  turn: () => new Promise((resolve) => setImmediate(resolve)),
};
