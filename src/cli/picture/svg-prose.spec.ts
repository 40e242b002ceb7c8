import { expect, it } from 'vitest';

import { proseWidth } from './svg-prose.js';
import { cellWidth, wrap } from './text-cells.js';

it('SVG text gives capitals and other scripts more room than thin letters', () => {
  const widths = ['iiii', 'xxxx', 'XXXX', 'WWWW', '注文注文'].map((text) =>
    cellWidth(text, proseWidth),
  );
  expect(widths).toEqual([...new Set(widths)].toSorted((a, b) => a - b));
});

it('SVG text breaks lines of wide letters earlier', () => {
  const [thin, wide] = ['i', 'W'].map((letter) => wrap(letter.repeat(200), 100, 9, proseWidth));
  expect([thin!.length, wide!.length]).toEqual([2, 4]);
});
