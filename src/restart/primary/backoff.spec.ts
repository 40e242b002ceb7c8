import { expect, it } from 'vitest';

import { Backoff } from './backoff.js';

it('starts at once after the first death, then waits 1.5 times as long each time, for 30 s at most', () => {
  const backoff = new Backoff();
  const waits = Array.from({ length: 20 }, () => backoff.next());
  expect(waits.slice(0, 5)).toEqual([0, 100, 150, 225, 338]);
  expect(Math.max(...waits)).toBe(30_000);
  expect(waits.at(-1)).toBe(30_000);
});

it('begins anew once all is well again', () => {
  const backoff = new Backoff();
  backoff.next();
  backoff.next();
  backoff.reset();
  expect([backoff.next(), backoff.next()]).toEqual([0, 100]);
});
