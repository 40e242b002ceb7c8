import { COLUMNS, type SvgBlock, xOf } from './svg-block.js';
import { element, escapeMarkup, rounded, textAt } from './svg-element.js';
import { shorten } from './text-cells.js';
import type { TimeAxis } from './time-axis.js';
import type { WorkBar, WorkBars } from './work-bars.js';

const { left, chart, note } = COLUMNS;
const ROW_HEIGHT = 19;
const BAR_HEIGHT = 10;
const LEAST_WIDTH = 3;
const NAME_CELLS = 31;

/** One row for each request or hook. @internal */
export function svgWork({ bars, others }: WorkBars, axis: TimeAxis): SvgBlock[] {
  const rows = bars.map((bar) => ({
    height: ROW_HEIGHT,
    draw: (top: number) => workRow(bar, axis, top),
  }));
  if (others === 0) return rows;
  const more = {
    height: ROW_HEIGHT,
    draw: (top: number) => textAt(left, top + 13, 'nd-dim', `and ${others} more`),
  };
  return [...rows, more];
}

/** @internal */
export function svgHeading(heading: string): SvgBlock {
  return {
    height: 22,
    draw: (top) => textAt(left, top + 14, 'nd-ink nd-strong', heading),
  };
}

function workRow(bar: WorkBar, axis: TimeAxis, top: number): string {
  const { label, atMs, endMs, isClipped, look, note: words } = bar;
  const x = xOf(atMs, axis);
  const end = Math.max(xOf(endMs, axis), x + LEAST_WIDTH);
  return element(
    'g',
    {},
    element('title', {}, escapeMarkup(`${label}: ${words}`)),
    textAt(left, top + 13, 'nd-ink nd-code', shorten(label, NAME_CELLS)),
    element('path', { d: barPath(x, end, top + 4, isClipped), class: `nd-${look}` }),
    look === 'cut' ? cross(end + 7, top + 4 + BAR_HEIGHT / 2) : '',
    textAt(note, top + 13, look === 'whole' ? 'nd-dim' : 'nd-ink', words),
  );
}

/** A bar, with an arrow head if it starts before the axis. */
function barPath(x: number, end: number, top: number, isArrow: boolean): string {
  const [from, to] = [rounded(x), rounded(end)];
  const bottom = top + BAR_HEIGHT;
  if (!isArrow) return `M${from} ${top}H${to}V${bottom}H${from}Z`;
  const middle = top + BAR_HEIGHT / 2;
  const neck = rounded(Math.min(x + 2, end));
  return `M${neck} ${top}H${to}V${bottom}H${neck}V${bottom + 3}L${rounded(chart - 8)} ${middle}L${neck} ${top - 3}Z`;
}

/** Marks cut work for readers who see no colours. */
function cross(x: number, y: number): string {
  const at = rounded(x);
  return element('path', { d: `M${at - 3} ${y - 3}l6 6m0 -6l-6 6`, class: 'nd-cross' });
}
