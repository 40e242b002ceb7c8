import { describe, expect, it } from 'vitest';

import { seededRandom } from '../testing/seeded-random.js';
import { drainSpread } from './announce-window.js';

const WINDOW_MS = 3000;

/** The largest distance between the samples' distribution and the uniform one (Kolmogorov-Smirnov). */
function distanceFromUniform(samples: readonly number[], width: number): number {
  const sorted = samples.map((sample) => sample / width).toSorted((a, b) => a - b);
  const distances = sorted.map((value, i) =>
    Math.max((i + 1) / sorted.length - value, value - i / sorted.length),
  );
  return Math.max(...distances);
}

describe('drainSpread', () => {
  it.each([1, 2, 7, 100])('gives one of %i equal slices of the window to each peer', (count) => {
    const offsets = drainSpread(count, WINDOW_MS, seededRandom(1));
    const slices = offsets.map((offset) => Math.floor((offset / WINDOW_MS) * count));
    expect(slices.toSorted((a, b) => a - b)).toEqual(Array.from({ length: count }, (_, i) => i));
  });

  it('plans nothing for no peers', () => {
    expect(drainSpread(0, WINDOW_MS, seededRandom(1))).toEqual([]);
  });

  it('makes the same plan from the same seed, and another one from another', () => {
    const plan = drainSpread(50, WINDOW_MS, seededRandom(1));
    expect(drainSpread(50, WINDOW_MS, seededRandom(1))).toEqual(plan);
    expect(drainSpread(50, WINDOW_MS, seededRandom(2))).not.toEqual(plan);
  });

  it.each([
    { random: () => 0, what: 'lowest' },
    { random: () => 1 - Number.EPSILON / 2, what: 'highest' },
  ])('stays within the window for the $what possible random number', ({ random }) => {
    const offsets = drainSpread(10_000, WINDOW_MS, random);
    expect(Math.min(...offsets)).toBeGreaterThanOrEqual(0);
    expect(Math.max(...offsets)).toBeLessThanOrEqual(WINDOW_MS);
  });

  it('is uniform over all peers of a plan', () => {
    const offsets = drainSpread(10_000, WINDOW_MS, seededRandom(1));
    expect(distanceFromUniform(offsets, WINDOW_MS)).toBeLessThanOrEqual(1 / 10_000);
  });

  // Critical value at the 0.1 % level; the seed makes the verdict a constant.
  it.each([
    { peer: 0, count: 1 },
    { peer: 0, count: 10 },
    { peer: 4, count: 10 },
    { peer: 9, count: 10 },
  ])('is uniform for peer $peer of $count, whichever plan it is in', ({ peer, count }) => {
    const random = seededRandom(1);
    const plans = Array.from({ length: 10_000 }, () => drainSpread(count, WINDOW_MS, random));
    const offsets = plans.map((plan) => plan[peer]!);
    expect(distanceFromUniform(offsets, WINDOW_MS)).toBeLessThan(1.95 / Math.sqrt(10_000));
  });
});
