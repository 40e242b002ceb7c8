const LEAST_PER_SECOND = 200;
/** The most that is caught up after a pause of the event loop. */
const LONGEST_CATCH_UP_MS = 100;

/**
 * Limits how fast connections are closed. Each client reconnects elsewhere, and all at once would
 * overrun the other instances. Half of the time is left for the clients' answers.
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

  /** @returns how many more may be closed since the last call */
  take(now: number): number {
    this.#due += this.#perMs * Math.min(now - this.#last, LONGEST_CATCH_UP_MS);
    this.#last = now;
    const whole = Math.floor(this.#due);
    this.#due -= whole;
    return whole;
  }
}
