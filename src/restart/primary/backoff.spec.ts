import { expect, it } from 'vitest';

import { Backoff } from './backoff.js';

it('a worker is restarted at once after its first death, then after pauses that grow 1.5 times, to 30 s', () => {
  const backoff = new Backoff();
  const waits = Array.from({ length: 20 }, () => backoff.next());
  expect(waits.slice(0, 5)).toEqual([0, 100, 150, 225, 338]);
  expect(Math.max(...waits)).toBe(30_000);
  expect(waits.at(-1)).toBe(30_000);
});

it('the pauses between restarts begin anew after a worker was stable', () => {
  const backoff = new Backoff();
  backoff.next();
  backoff.next();
  backoff.reset();
  expect([backoff.next(), backoff.next()]).toEqual([0, 100]);
});
