import type { ShutdownReport } from '../../report/shutdown-report.js';
import { svgAxis, svgBudgetLabel, svgBudgetLine, svgGrid } from './svg-axis.js';
import { COLUMNS, drawAll, gap, heightOf, type SvgBlock, xOf } from './svg-block.js';
import { element, rounded } from './svg-element.js';
import { svgFigures, svgHeader } from './svg-header.js';
import { svgLoad, svgMark } from './svg-load.js';
import { svgParagraph } from './svg-paragraphs.js';
import { svgSheet } from './svg-sheet.js';
import { svgLegend, svgStates } from './svg-states.js';
import { svgHeading, svgWork } from './svg-work.js';
import type { TimeAxis } from './time-axis.js';
import { type Timeline, timelineOf } from './timeline.js';
import type { WorkBars } from './work-bars.js';

const MARGIN = 24;
const FUNNEL_HEIGHT = 26;

/**
 * Draws a report as a self-contained SVG, for a file or a page: no scripts, light and dark.
 *
 * @internal
 */
export function svgPicture(report: ShutdownReport): string {
  const timeline = timelineOf(report);
  const blocks = [
    svgHeader(timeline),
    svgFigures(timeline),
    ...overTime(timeline),
    ...enlargedHooks(timeline),
    gap(timeline.paragraphs.length > 0 ? 14 : 0),
    ...timeline.paragraphs.map(svgParagraph),
  ];
  const { width } = COLUMNS;
  const height = heightOf(blocks) + 2 * MARGIN;
  const title = `Shutdown by ${timeline.title}: ${timeline.result}`;
  return svgSheet(
    { width, height, title, description: description(timeline) },
    drawAll(blocks, MARGIN),
  );
}

function description({ total, states, figures }: Timeline): string {
  const parts = states.map(({ state, took, end }) => `${state} ${took} (${end})`);
  return [total, ...parts, ...figures.map(({ value, label }) => `${value} ${label}`)].join('; ');
}

/** Everything on the main time axis, with the grid behind it. */
function overTime(timeline: Timeline): SvgBlock[] {
  const { axis, load, marks, requests, hooks } = timeline;
  const rows = [
    svgStates(timeline),
    ...load.map((series) => svgLoad(series, axis)),
    ...marks.map((mark) => svgMark(mark, axis)),
    ...work('slowest requests', requests, axis),
    ...(hooks.isMagnified ? [] : work('hooks', hooks, axis)),
  ];
  const height = heightOf(rows);
  const behind: SvgBlock = {
    height: 0,
    draw: (top) =>
      svgGrid(axis, top, top + height) +
      closingBand(timeline, top, top + height) +
      svgBudgetLine(timeline, top, top + height),
  };
  return [svgLegend(timeline), svgBudgetLabel(timeline), svgAxis(axis), behind, ...rows];
}

/** The hooks on an axis of their own, if closing is too thin on the main one. */
function enlargedHooks({ hooks }: Timeline): SvgBlock[] {
  if (!hooks.isMagnified) return [];
  const rows = svgWork(hooks, hooks.axis);
  const height = heightOf(rows);
  const behind: SvgBlock = {
    height: 0,
    draw: (top) => svgGrid(hooks.axis, top, top + height),
  };
  return [gap(FUNNEL_HEIGHT), svgAxis(hooks.axis, 'hooks, enlarged'), behind, ...rows];
}

function work(heading: string, bars: WorkBars, axis: TimeAxis): SvgBlock[] {
  if (bars.bars.length === 0) return [];
  return [gap(8), svgHeading(heading), ...svgWork(bars, axis)];
}

/** Connects the slice with its enlargement. */
function closingBand({ hooks, axis }: Timeline, top: number, bottom: number): string {
  if (!hooks.isMagnified) return '';
  const start = rounded(xOf(hooks.axis.fromMs, axis));
  const end = rounded(Math.max(xOf(hooks.axis.toMs, axis), start + 2));
  const { chart, chartEnd } = COLUMNS;
  const base = rounded(bottom + FUNNEL_HEIGHT);
  const d = `M${start} ${top}H${end}V${rounded(bottom)}L${chartEnd} ${base}H${chart}L${start} ${rounded(bottom)}Z`;
  return element('path', { d, class: 'nd-closing nd-faint' });
}
