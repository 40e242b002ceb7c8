import { describe, expect, it } from 'vitest';

import { ClosePace } from './close-pace.js';

/** How many are closed, asked every `everyMs` for `ms`. */
function taken(pace: ClosePace, everyMs: number, ms: number, from = 0): number {
  let sum = 0;
  for (let now = from; now < from + ms; now += everyMs) sum += pace.take(now);
  return sum;
}

describe('ClosePace', () => {
  it.each([
    { count: 1, withinMs: 20_000, perSecond: 200 },
    { count: 2000, withinMs: 20_000, perSecond: 200 },
    { count: 10_000, withinMs: 20_000, perSecond: 1000 },
    { count: 10_000, withinMs: 4000, perSecond: 5000 },
  ])('closes $count within half of $withinMs ms, $perSecond a second', (plan) => {
    const pace = new ClosePace(plan.count, plan.withinMs, 0);
    expect(taken(pace, 10, 1000)).toBeGreaterThanOrEqual(plan.perSecond * 0.98);
    expect(taken(pace, 10, 1000, 1000)).toBeLessThanOrEqual(plan.perSecond * 1.02);
  });

  it('closes the first at once', () => {
    expect(new ClosePace(1, 20_000, 5).take(5)).toBe(1);
  });

  it('does not catch up in one go after the event loop was blocked', () => {
    const pace = new ClosePace(10_000, 20_000, 0);
    expect(pace.take(3000)).toBeLessThanOrEqual(101);
  });

  it('closes all at once if there is no time', () => {
    const pace = new ClosePace(10_000, 0, 0);
    pace.take(0);
    expect(pace.take(1)).toBeGreaterThanOrEqual(10_000);
  });
});
