import { COLUMNS, type SvgBlock, xOf } from './svg-block.js';
import { element, textAt } from './svg-element.js';
import { cellWidth } from './text-cells.js';
import type { StateBar, Timeline } from './timeline.js';

const { left, right } = COLUMNS;
const BAR_HEIGHT = 24;
const LETTER = 7.6;
/** Keeps very short states visible. */
const LEAST_WIDTH = 2.5;
const LEGEND_COLUMNS = 4;

/** The states as bars. @internal */
export function svgStates({ states, axis }: Timeline): SvgBlock {
  const bar = ({ state, atMs, endMs }: StateBar, top: number): string => {
    const x = xOf(atMs, axis);
    // The gap separates bars for readers who see no colours.
    const width = Math.max(LEAST_WIDTH, xOf(endMs, axis) - x - 1.5);
    const hasRoom = width > cellWidth(state) * LETTER + 8;
    return (
      element('rect', { x, y: top, width, height: BAR_HEIGHT, rx: 2, class: `nd-${state}` }) +
      (hasRoom ? textAt(x + width / 2, top + 16, 'nd-on nd-strong nd-middle', state) : '')
    );
  };
  return {
    height: BAR_HEIGHT + 12,
    draw: (top) =>
      textAt(left, top + 16, 'nd-ink nd-strong', 'states') +
      states.map((state) => bar(state, top)).join(''),
  };
}

/** How long each state took, and why it ended. @internal */
export function svgLegend({ states }: Timeline): SvgBlock {
  const width = (right - left) / LEGEND_COLUMNS;
  return {
    height: states.length === 0 ? 0 : 42,
    draw: (top) =>
      states
        .slice(0, LEGEND_COLUMNS)
        .map(({ state, took, end }, index) => {
          const x = left + index * width;
          return (
            element('rect', { x, y: top + 3, width: 9, height: 9, rx: 2, class: `nd-${state}` }) +
            textAt(x + 15, top + 11, 'nd-ink', `${state} ${took}`) +
            textAt(x + 15, top + 26, 'nd-dim nd-small', end)
          );
        })
        .join(''),
  };
}
