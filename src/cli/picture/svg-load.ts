import type { LoadSeries } from './load-series.js';
import { COLUMNS, type SvgBlock, xOf } from './svg-block.js';
import { element, rounded, textAt } from './svg-element.js';
import { cellWidth } from './text-cells.js';
import type { TimeAxis } from './time-axis.js';
import type { Mark } from './timeline.js';

const { left, chartEnd, note } = COLUMNS;
const CHART_HEIGHT = 30;
const LETTER = 6.6;

/** Draws a value over time. @internal */
export function svgLoad({ label, steps, most }: LoadSeries, axis: TimeAxis): SvgBlock {
  return {
    height: CHART_HEIGHT + 10,
    draw: (top) => {
      const bottom = top + CHART_HEIGHT;
      const [start, end] = [steps[0]!.fromMs, steps.at(-1)!.toMs].map((ms) =>
        rounded(xOf(ms, axis)),
      );
      const edge = steps
        .map(({ toMs, value }) => {
          const y = rounded(bottom - (value / most) * CHART_HEIGHT);
          return `V${y}H${rounded(xOf(toMs, axis))}`;
        })
        .join('');
      const outline = `M${start} ${bottom}${edge}V${bottom}`;
      return [
        textAt(left, bottom - 9, 'nd-ink', label),
        element('path', { d: outline, class: 'nd-area' }),
        element('path', { d: outline, class: 'nd-edge' }),
        element('line', { x1: start!, y1: bottom, x2: end!, y2: bottom, class: 'nd-grid' }),
        textAt(note, bottom - 9, 'nd-dim', `at most ${most}`),
      ].join('');
    },
  };
}

/** Draws when the last of something came. @internal */
export function svgMark({ label, last, text }: Mark, axis: TimeAxis): SvgBlock {
  return {
    height: 24,
    draw: (top) =>
      textAt(left, top + 14, 'nd-ink', label) +
      (last === undefined ? '' : lastMark(last, axis, top + 10)) +
      textAt(note, top + 14, 'nd-dim', text),
  };
}

function lastMark({ atMs, text }: NonNullable<Mark['last']>, axis: TimeAxis, y: number): string {
  const x = xOf(atMs, axis);
  const hasRoom = x + 14 + cellWidth(text) * LETTER < chartEnd;
  return [
    element('line', { x1: xOf(0, axis), y1: y, x2: x, y2: y, class: 'nd-line' }),
    element('path', { d: `M${rounded(x)} ${y - 6}l6 6l-6 6l-6 -6z`, class: 'nd-mark' }),
    hasRoom
      ? textAt(x + 13, y + 4, 'nd-dim nd-small nd-halo', text)
      : textAt(x - 15, y + 4, 'nd-dim nd-small nd-halo nd-end', text),
  ].join('');
}
