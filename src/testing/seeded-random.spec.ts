import { describe, expect, it } from 'vitest';

import { seededRandom } from './seeded-random.js';

function take(count: number, seed: number): number[] {
  return Array.from({ length: count }, seededRandom(seed));
}

describe('seededRandom', () => {
  it('gives the same numbers for the same seed, and others for another', () => {
    expect(take(5, 1)).toEqual(take(5, 1));
    expect(take(5, 1)).not.toEqual(take(5, 2));
  });

  it('stays in [0, 1), half of it below the middle', () => {
    const numbers = take(10_000, 42);
    expect(Math.min(...numbers)).toBeGreaterThanOrEqual(0);
    expect(Math.max(...numbers)).toBeLessThan(1);
    const low = numbers.filter((number) => number < 0.5).length;
    expect(low).toBeGreaterThan(4800);
    expect(low).toBeLessThan(5200);
  });
});
