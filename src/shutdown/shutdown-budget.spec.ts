import { describe, expect, it } from 'vitest';

import { abortWindowMs, announceWindowMs, totalMs } from './shutdown-budget.js';

const budget = { gracePeriodMs: 5000, drainTimeoutMs: 20_000, closeTimeoutMs: 4000 };

describe('ShutdownBudget', () => {
  it('is the sum of the three times, and nothing more', () => {
    expect(totalMs(budget)).toBe(29_000);
  });

  it('spreads announcements over the first 60 % of the grace period', () => {
    expect(announceWindowMs(budget)).toBe(3000);
  });

  it.each([
    { drainTimeoutMs: 0, expected: 0 },
    { drainTimeoutMs: 500, expected: 100 },
    { drainTimeoutMs: 5000, expected: 1000 },
    { drainTimeoutMs: 20_000, expected: 1000 },
  ])(
    'gives work $expected ms of a drain of $drainTimeoutMs ms to react to the deadline',
    ({ drainTimeoutMs, expected }) => {
      expect(abortWindowMs({ ...budget, drainTimeoutMs })).toBe(expected);
    },
  );
});
