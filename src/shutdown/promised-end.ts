import type { Clock } from './clock.js';

/**
 * When a shutdown is over at the latest. Unknown until it begins; it may be moved while somebody
 * waits for it.
 *
 * @internal
 */
export class PromisedEnd {
  #at = Infinity;
  #moved = new AbortController();

  constructor(private readonly clock: Clock) {}

  /** Aborted when the end is another one; each move has a signal of its own. */
  get moved(): AbortSignal {
    return this.#moved.signal;
  }

  remainingMs(): number {
    return this.#at === Infinity ? Infinity : Math.max(0, this.#at - this.clock.now());
  }

  /** It is in so many ms. */
  set(ms: number): void {
    this.#at = this.clock.now() + ms;
  }

  /** It is in so many ms at the latest. */
  bringForward(ms: number): void {
    this.#move(Math.min(this.#at, this.clock.now() + ms));
  }

  /** It is in so many ms at the earliest. */
  putOff(ms: number): void {
    this.#move(Math.max(this.#at, this.clock.now() + ms));
  }

  #move(at: number): void {
    this.#at = at;
    this.#moved.abort();
    this.#moved = new AbortController();
  }
}
