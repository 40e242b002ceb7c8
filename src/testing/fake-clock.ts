import type { Clock } from '../shutdown/clock.js';
import { nextTurn } from './real-time.js';

interface Timer {
  readonly at: number;
  readonly callback: () => void;
}

/** How many turns of the event loop let promises and loopback bytes settle. */
const TURNS_TO_SETTLE = 10;

/**
 * A clock that stands still until a test moves it. The event loop is the real one.
 *
 * @internal
 */
export class FakeClock implements Clock {
  #now = 0;
  readonly #timers = new Set<Timer>();
  #turning = 0;

  now(): number {
    return this.#now;
  }

  after(ms: number, callback: () => void): () => void {
    const timer = { at: this.#now + ms, callback };
    this.#timers.add(timer);
    return () => void this.#timers.delete(timer);
  }

  async turn(): Promise<void> {
    this.#turning += 1;
    await nextTurn();
    this.#turning -= 1;
  }

  /** How many timers are waiting. */
  get timers(): number {
    return this.#timers.size;
  }

  /** The time until the next timer, in ms; `Infinity` if there is none. */
  get nextInMs(): number {
    return (this.#firstUntil(Infinity)?.at ?? Infinity) - this.#now;
  }

  /** Lets `ms` pass, and fires the due timers in order, including those they set. */
  async advance(ms: number): Promise<void> {
    const end = this.#now + ms;
    await this.flush();
    while (this.#fire(end)) await this.flush();
    this.#now = end;
  }

  /**
   * Moves to the next timer that is due until `end`, and fires it.
   *
   * @returns whether there was one
   */
  async step(end: number): Promise<boolean> {
    const hasFired = this.#fire(end);
    await this.settle();
    return hasFired;
  }

  /** Lets `ms` pass without a timer firing, as under a blocked event loop. */
  block(ms: number): void {
    this.#now += ms;
  }

  /** Waits for one turn of the event loop, so that settled promises take effect. */
  async flush(): Promise<void> {
    await nextTurn();
  }

  /** Lets everything happen that takes no time. */
  async settle(): Promise<void> {
    for (let turns = 0; turns < TURNS_TO_SETTLE || this.#turning > 0; turns++) await nextTurn();
  }

  #fire(end: number): boolean {
    const timer = this.#firstUntil(end);
    if (timer === undefined) return false;
    this.#timers.delete(timer);
    this.#now = Math.max(this.#now, timer.at);
    timer.callback();
    return true;
  }

  /** The earliest timer; if several are due together, the one set first. */
  #firstUntil(end: number): Timer | undefined {
    const due = [...this.#timers].filter(({ at }) => at <= end);
    return due.toSorted((a, b) => a.at - b.at)[0];
  }
}
