import type { Clock } from '../../src/shutdown/clock.js';

interface Timer {
  readonly at: number;
  readonly callback: () => void;
}

/** Time that stands still until a test moves it on. */
export class FakeClock implements Clock {
  #now = 0;
  readonly #timers = new Set<Timer>();
  #turns: (() => void)[] = [];

  now(): number {
    return this.#now;
  }

  after(ms: number, callback: () => void): () => void {
    const timer = { at: this.#now + ms, callback };
    this.#timers.add(timer);
    return () => void this.#timers.delete(timer);
  }

  turn(): Promise<void> {
    return new Promise((resolve) => void this.#turns.push(resolve));
  }

  /** How many timers are waiting. */
  get timers(): number {
    return this.#timers.size;
  }

  /** Lets `ms` pass: fires what is due, in order, and all that follows from it. */
  async advance(ms: number): Promise<void> {
    const end = this.#now + ms;
    await this.flush();
    for (let timer = this.#firstUntil(end); timer; timer = this.#firstUntil(end)) {
      this.#timers.delete(timer);
      this.#now = Math.max(this.#now, timer.at);
      timer.callback();
      await this.flush();
    }
    this.#now = end;
  }

  /** Lets `ms` pass without a timer firing, as under a blocked event loop. */
  block(ms: number): void {
    this.#now += ms;
  }

  /** One turn of the event loop: what follows from promises that are settled. */
  async flush(): Promise<void> {
    for (const resolve of this.#turns.splice(0)) resolve();
    await new Promise((resolve) => setImmediate(resolve));
  }

  /** The earliest timer; of several at the same time, the one that was set first. */
  #firstUntil(end: number): Timer | undefined {
    const due = [...this.#timers].filter(({ at }) => at <= end);
    return due.toSorted((a, b) => a.at - b.at)[0];
  }
}
