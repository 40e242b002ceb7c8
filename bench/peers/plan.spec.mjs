import { describe, expect, it } from 'vitest';

import { nextRow } from './plan.mjs';

function row(name, rounds, tookMs) {
  return { name, count: () => rounds, tookMs };
}

describe('the next row of the comparison', () => {
  it('is the first of those with the fewest rounds', () => {
    const rows = [row('a', 2), row('b', 1), row('c', 1)];
    expect(nextRow(rows, 5, Infinity).name).toBe('b');
  });

  it('is none once every row has its rounds', () => {
    expect(nextRow([row('a', 5), row('b', 6)], 5, Infinity)).toBeUndefined();
  });

  it('is not begun if it would not end in time', () => {
    expect(nextRow([row('a', 1, 30_000)], 5, 29_000)).toBeUndefined();
    expect(nextRow([row('a', 1, 30_000)], 5, 31_000).name).toBe('a');
  });

  it('is assumed to take 90 s until it has been measured', () => {
    expect(nextRow([row('a', 0)], 5, 89_000)).toBeUndefined();
    expect(nextRow([row('a', 0)], 5, 91_000).name).toBe('a');
  });
});
