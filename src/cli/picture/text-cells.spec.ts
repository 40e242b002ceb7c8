import { describe, expect, it } from 'vitest';

import { cellWidth, fit, shorten, wrap } from './text-cells.js';

it.each([
  ['abc', 3],
  ['注文', 4],
  ['한글', 4],
  ['🚀', 2],
  ['e\u0301', 1],
  ['…', 1],
  ['', 0],
])('the text %s takes %d cells', (text, cells) => {
  expect(cellWidth(text)).toBe(cells);
});

describe('a long name', () => {
  it('is shortened in the middle', () => {
    expect(shorten('GET OrdersController.export', 15)).toBe('GET Ord….export');
  });

  it.each([10, 11, 12, 13])('never shows half of a wide letter, in %d cells', (cells) => {
    const short = shorten('GET 注文コントローラー.一覧', cells);
    expect(short).toMatch(/^GET .*…/u);
    expect(cellWidth(short)).toBeLessThanOrEqual(cells);
    expect(cellWidth(fit(short, cells))).toBe(cells);
  });

  it('is unchanged if it fits', () => {
    expect(shorten('exactly', 7)).toBe('exactly');
    expect(fit('ab', 4)).toBe('ab  ');
  });
});

describe('wrapped lines', () => {
  it('break between words', () => {
    expect(wrap('raise gracePeriodMs to 5000', 20, 9)).toEqual(['raise gracePeriodMs', 'to 5000']);
  });

  it('break a word only if it is longer than a line', () => {
    expect(wrap('abcdefghij', 4, 9)).toEqual(['abcd', 'efgh', 'ij']);
  });

  it('end in an ellipsis if there would be too many', () => {
    expect(wrap('one two three four', 5, 2)).toEqual(['one', 'two …']);
  });

  it('are one empty line for an empty text', () => {
    expect(wrap('', 5, 2)).toEqual(['']);
  });
});
