import { describe, expect, it } from 'vitest';

import { placeOf, timeAxis, timeText } from './time-axis.js';

describe('the ticks of a time axis have round numbers', () => {
  it.each([
    [0, 13, ['0', '2 ms', '4 ms', '6 ms', '8 ms', '10 ms', '12 ms']],
    [0, 900, ['0', '200 ms', '400 ms', '600 ms', '800 ms']],
    [0, 1900, ['0', '0.5 s', '1.0 s', '1.5 s']],
    [-500, 7184, ['0', '1 s', '2 s', '3 s', '4 s', '5 s', '6 s', '7 s']],
    [6970, 7184, ['7.00 s', '7.05 s', '7.10 s', '7.15 s']],
    [0, 300_000, ['0', '1 min', '2 min', '3 min', '4 min', '5 min']],
  ])('from %d to %d ms', (from, to, labels) => {
    expect(timeAxis(from, to).ticks.map(({ label }) => label)).toEqual(labels);
  });

  it.each([0, 1, 1e3, 1e6, 1e9, 1e12, 1e300])('and are never too many, for %d ms', (ms) => {
    expect(timeAxis(0, ms).ticks.length).toBeLessThanOrEqual(10);
  });
});

it('positions on a time axis go from 0 to 1', () => {
  const axis = timeAxis(-100, 100);
  expect([-500, -100, 0, 100, 500].map((ms) => placeOf(ms, axis))).toEqual([0, 0, 0.5, 1, 1]);
  expect(placeOf(0, timeAxis(0, 0))).toBe(0);
});

it.each([
  [0, '0 ms'],
  [-180, '-180 ms'],
  [999.4, '999 ms'],
  [999.6, '1.0 s'],
  [7184, '7.2 s'],
  [60_000, '1 min'],
  [86_243, '1 min 26 s'],
  [-86_243, '-1 min 26 s'],
])('%d ms is shown as %s', (ms, text) => {
  expect(timeText(ms)).toBe(text);
});
