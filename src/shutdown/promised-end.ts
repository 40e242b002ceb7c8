import type { Clock } from './clock.js';

/**
 * The latest end of a shutdown. Unknown until it begins, and may move while somebody waits for it.
 *
 * @internal
 */
export class PromisedEnd {
  #at = Infinity;
  #moved = new AbortController();

  constructor(private readonly clock: Clock) {}

  /** Aborted when the end moves; each move has a new signal. */
  get moved(): AbortSignal {
    return this.#moved.signal;
  }

  remainingMs(): number {
    return this.#at === Infinity ? Infinity : Math.max(0, this.#at - this.clock.now());
  }

  /** Sets the end to `ms` from now. */
  set(ms: number): void {
    this.#at = this.clock.now() + ms;
  }

  /** Moves the end to `ms` from now, if that is earlier. */
  bringForward(ms: number): void {
    this.#move(Math.min(this.#at, this.clock.now() + ms));
  }

  /** Moves the end to `ms` from now, if that is later. */
  putOff(ms: number): void {
    this.#move(Math.max(this.#at, this.clock.now() + ms));
  }

  #move(at: number): void {
    this.#at = at;
    this.#moved.abort();
    this.#moved = new AbortController();
  }
}
