import type { Clock } from './clock.js';
import { drainSpread } from './drain-spread.js';

/**
 * The window in which peers are told to go, each at a moment of its own.
 *
 * @internal
 */
export class AnnounceWindow {
  #end = -Infinity;

  /** @param random - uniform in [0, 1) */
  constructor(
    private readonly clock: Clock,
    private readonly random: () => number,
  ) {}

  open(ms: number): void {
    this.#end = this.clock.now() + ms;
  }

  /** @returns when each of `count` peers is told, spread over the rest of the window */
  moments(count: number): number[] {
    const now = this.clock.now();
    const leftMs = Math.max(0, this.#end - now);
    return drainSpread(count, leftMs, this.random).map((offset) => now + offset);
  }

  /** @returns when one more peer is told */
  moment(): number {
    return this.moments(1)[0]!;
  }
}
