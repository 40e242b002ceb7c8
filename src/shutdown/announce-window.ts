import type { Clock } from './clock.js';

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

/**
 * Plans when each of `count` peers is told to go: one moment in each of `count` equal slices of the
 * window, in random order. Unlike a random choice on every response (Envoy, HAProxy), this is
 * uniform for busy and quiet peers alike.
 *
 * @param random - uniform in [0, 1); seed it for a repeatable plan
 * @returns offsets in ms, the i-th for the i-th peer
 * @internal
 */
export function drainSpread(count: number, windowMs: number, random: () => number): number[] {
  const offsets = Array.from({ length: count }, (_, i) => (windowMs * (i + random())) / count);
  return shuffle(offsets, random);
}

function shuffle<T>(items: T[], random: () => number): T[] {
  for (let last = items.length - 1; last > 0; last--) {
    const other = Math.floor(random() * (last + 1));
    [items[last], items[other]] = [items[other]!, items[last]!];
  }
  return items;
}
