import { expect, it } from 'vitest';

import { count, seconds } from './amounts.js';

it('a duration is shown in tenths of a second', () => {
  expect([0, 49, 50, 4000, 61_250].map(seconds)).toEqual([
    '0.0 s',
    '0.0 s',
    '0.1 s',
    '4.0 s',
    '61.3 s',
  ]);
});

it('a noun agrees with its number', () => {
  expect([0, 1, 2].map((number) => count(number, 'request'))).toEqual([
    '0 requests',
    '1 request',
    '2 requests',
  ]);
});
