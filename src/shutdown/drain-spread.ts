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
