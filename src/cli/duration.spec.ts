import { expect, it } from 'vitest';

import { parseDuration } from './duration.js';

it.each([
  ['0', 0],
  ['4000', 4000],
  ['250ms', 250],
  ['60s', 60_000],
  ['1.5s', 1500],
  ['1.1s', 1100],
  ['0.001s', 1],
  ['2m', 120_000],
  ['1440m', 86_400_000],
])('the duration %s is %d ms', (text, ms) => {
  expect(parseDuration(text)).toBe(ms);
});

it.each([
  '',
  ' ',
  '-1',
  '-1s',
  '+1s',
  '1.5',
  '1.5ms',
  '0.0001s',
  '.5s',
  '1.s',
  '5 s',
  '5 parsecs',
  '5S',
  '1h',
  '1e3',
  '0x10',
  '1,5s',
  '1s 500ms',
  'NaN',
  'Infinity',
  '1441m',
  '99999999999999999999s',
])('%j is not a duration', (text) => {
  expect(parseDuration(text)).toBeUndefined();
});
