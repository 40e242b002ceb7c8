const LEAST_PER_SECOND = 200;
/** More than this is not caught up after a pause of the event loop. */
const LONGEST_CATCH_UP_MS = 100;

/**
 * How fast connections are closed: each comes back elsewhere, and all at once would be too many
 * for whoever takes them. Fast enough that half of the time is left for their answers.
 *
 * @internal
 */
export class ClosePace {
  readonly #perMs: number;
  #last: number;
  #due = 1;

  constructor(count: number, withinMs: number, now: number) {
    this.#perMs = Math.max(LEAST_PER_SECOND / 1000, count / Math.max(1, withinMs / 2));
    this.#last = now;
  }

  /** @returns how many may be closed since the last time it was asked */
  take(now: number): number {
    this.#due += this.#perMs * Math.min(now - this.#last, LONGEST_CATCH_UP_MS);
    this.#last = now;
    const whole = Math.floor(this.#due);
    this.#due -= whole;
    return whole;
  }
}
