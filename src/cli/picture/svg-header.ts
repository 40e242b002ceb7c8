import { COLUMNS, type SvgBlock } from './svg-block.js';
import { element, textAt } from './svg-element.js';
import { proseWidth } from './svg-prose.js';
import { shorten } from './text-cells.js';
import type { Timeline } from './timeline.js';

const { left, right } = COLUMNS;
const BADGE_WIDTH = 84;
/** The width that fits beside the badge. */
const TITLE_CELLS = 66;
const MILLION = 1e6;
const SIGNS: Readonly<Record<Timeline['result'], string>> = {
  clean: '✓ clean',
  forced: '! forced',
  failed: '✕ failed',
};

/** The trigger, the result and the total time. @internal */
export function svgHeader({ title, result, total, origin }: Timeline): SvgBlock {
  const badge = right - BADGE_WIDTH;
  return {
    height: 62,
    draw: (top) =>
      [
        textAt(left, top + 20, 'nd-ink nd-title', shorten(title, TITLE_CELLS, proseWidth)),
        element('rect', {
          x: badge,
          y: top + 1,
          width: BADGE_WIDTH,
          height: 24,
          rx: 12,
          class: `nd-${result}`,
        }),
        textAt(badge + BADGE_WIDTH / 2, top + 17, 'nd-on nd-strong nd-middle', SIGNS[result]),
        textAt(left, top + 44, 'nd-dim', shorten(origin, 90, proseWidth)),
        textAt(right, top + 44, 'nd-ink nd-end', total),
      ].join(''),
  };
}

/** The key figures. @internal */
export function svgFigures({ figures }: Timeline): SvgBlock {
  const width = (right - left) / figures.length;
  return {
    height: 58,
    draw: (top) =>
      figures
        .map(({ value, label, isBad }, index) => {
          const x = left + index * width;
          const colour = isBad ? 'nd-bad' : 'nd-ink';
          return (
            textAt(x, top + 22, `${colour} nd-figure`, countText(value)) +
            textAt(x, top + 39, 'nd-dim nd-small', label)
          );
        })
        .join(''),
  };
}

function countText(count: number): string {
  return count < MILLION ? `${count}` : `${(count / MILLION).toFixed(1)} M`;
}
