import { COLUMNS, type SvgBlock, xOf } from './svg-block.js';
import { element, textAt } from './svg-element.js';
import type { TimeAxis } from './time-axis.js';
import type { Timeline } from './timeline.js';

const { chart, chartEnd } = COLUMNS;

/** The tick labels. @internal */
export function svgAxis(axis: TimeAxis, heading = ''): SvgBlock {
  return {
    height: 20,
    draw: (top) =>
      (heading === '' ? '' : textAt(COLUMNS.left, top + 12, 'nd-dim', heading)) +
      axis.ticks
        .map(({ atMs, label }) =>
          textAt(xOf(atMs, axis), top + 12, 'nd-dim nd-small nd-middle', label),
        )
        .join(''),
  };
}

/** The grid lines; the one at the start is darker. @internal */
export function svgGrid(axis: TimeAxis, top: number, bottom: number): string {
  return axis.ticks
    .map(({ atMs }) =>
      verticalLine(xOf(atMs, axis), top, bottom, atMs === 0 ? 'nd-start' : 'nd-grid'),
    )
    .join('');
}

/** Marks the end of the budget above the axis. @internal */
export function svgBudgetLabel({ budget, axis }: Timeline): SvgBlock {
  const at = budget.atMs === undefined ? chartEnd : xOf(budget.atMs, axis);
  const label = `budget ends at ${budget.end}${budget.atMs === undefined ? ' →' : ''}`;
  const isLeft = at < (chart + chartEnd) / 2;
  return {
    height: 16,
    draw: (top) =>
      textAt(at, top + 11, `nd-bad nd-small ${isLeft ? '' : 'nd-end'}`.trimEnd(), label),
  };
}

/** @internal */
export function svgBudgetLine({ budget, axis }: Timeline, top: number, bottom: number): string {
  return budget.atMs === undefined
    ? ''
    : verticalLine(xOf(budget.atMs, axis), top, bottom, 'nd-limit');
}

function verticalLine(x: number, top: number, bottom: number, className: string): string {
  return element('line', { x1: x, y1: top, x2: x, y2: bottom, class: className });
}
