import type { Clock } from '../../src/shutdown/clock.js';

/** The clock of the application: what it leaves behind is not the shutdown's. */
export class OwnTimers implements Clock {
  /** How many are waiting. */
  count = 0;

  constructor(private readonly clock: Clock) {}

  now(): number {
    return this.clock.now();
  }

  after(ms: number, callback: () => void): () => void {
    this.count += 1;
    return this.clock.after(ms, () => {
      this.count -= 1;
      callback();
    });
  }

  turn(): Promise<void> {
    return this.clock.turn();
  }
}
