import type { Paragraph } from './paragraphs.js';
import { COLUMNS, type SvgBlock } from './svg-block.js';
import { textAt } from './svg-element.js';
import { proseWidth } from './svg-prose.js';
import { wrap } from './text-cells.js';

const LINE_HEIGHT = 17;
/** The width that fits beside the heading in any common font. */
const LINE_CELLS = 100;
const MOST_LINES = 4;

/** A paragraph of text. @internal */
export function svgParagraph({ heading, lines, isBad }: Paragraph): SvgBlock {
  const { left, chart } = COLUMNS;
  const hasBullets = lines.length > 1;
  const rows = lines.flatMap((line) =>
    wrap(line, LINE_CELLS, MOST_LINES, proseWidth).map((words, index) => ({
      words,
      isFirst: index === 0,
    })),
  );
  const indent = hasBullets ? 12 : 0;
  return {
    height: rows.length * LINE_HEIGHT + 9,
    draw: (top) =>
      textAt(left, top + 13, `${isBad ? 'nd-bad' : 'nd-ink'} nd-strong`, heading) +
      rows
        .map(({ words, isFirst }, index) => {
          const y = top + 13 + index * LINE_HEIGHT;
          const bullet = hasBullets && isFirst ? textAt(chart, y, 'nd-dim', '•') : '';
          return bullet + textAt(chart + indent, y, 'nd-ink', words);
        })
        .join(''),
  };
}
