import type { ShutdownReport } from '../../report/shutdown-report.js';
import { plain } from '../../shutdown/plain-text.js';
import { htmlDocument, htmlFigure, htmlSection } from './html-document.js';
import { element, escapeMarkup } from './svg-element.js';
import { svgPicture } from './svg-picture.js';
import { timeText } from './time-axis.js';
import { type Timeline, timelineOf } from './timeline.js';

const MOST_ROWS = 20;

/** A report as a page: the picture, its figures as tables, and the report itself. @internal */
export function htmlPicture(report: ShutdownReport): string {
  const timeline = timelineOf(report);
  const { requests, hooks } = report;
  const title = `${timeline.title}: ${timeline.result}`;
  const body = element(
    'main',
    {},
    element('h1', {}, escapeMarkup(title)),
    element('p', {}, escapeMarkup(`${timeline.total}; ${timeline.origin}`)),
    htmlFigure('Timeline', svgPicture(report)),
    htmlSection('Figures', figuresTable(report, timeline)),
    ...workTable(
      'Slowest requests',
      requests.slowest.map(({ label, outcome, ...times }) => [label, times, outcome]),
    ),
    ...workTable(
      'Hooks',
      hooks.map(({ name, outcome, ...times }) => [name, times, outcome]),
    ),
    element(
      'details',
      {},
      element('summary', {}, 'The report as JSON'),
      element('pre', { tabindex: 0 }, escapeMarkup(readableJson(report))),
    ),
  );
  return htmlDocument(title, body);
}

function figuresTable({ budget }: ShutdownReport, timeline: Timeline): string {
  const { gracePeriodMs, drainTimeoutMs, closeTimeoutMs, totalMs } = budget;
  const times = [gracePeriodMs, drainTimeoutMs, closeTimeoutMs].map(timeText).join(' + ');
  const rows: [string, string[]][] = [
    ['Trigger', [timeline.title]],
    ['Result', [timeline.result]],
    ['Time', [timeline.total]],
    ['Budget', [`grace + drain + close: ${times} = ${timeText(totalMs)}`]],
    ['States', timeline.states.map(stateText)],
    ['Counts', timeline.figures.map(({ value, label }) => `${value} ${label}`)],
    ...timeline.marks.map(({ label, text, last }): [string, string[]] => [
      capital(label),
      [last === undefined ? text : `${text}, ${last.text}`],
    ]),
    ...timeline.paragraphs.map(({ heading, lines }): [string, string[]] => [
      capital(heading),
      [...lines],
    ]),
  ];
  const body = rows.map(([name, lines]) =>
    element('tr', {}, element('th', { scope: 'row' }, name), element('td', {}, list(lines))),
  );
  return element('table', {}, element('tbody', {}, ...body));
}

function stateText({ state, atMs, took, end }: Timeline['states'][number]): string {
  return `${state}: from ${timeText(atMs)}, for ${took}, ${end}`;
}

function list(lines: readonly string[]): string {
  const [first = '', ...others] = lines.map(escapeMarkup);
  if (others.length === 0) return first;
  return element('ul', {}, ...[first, ...others].map((line) => element('li', {}, line)));
}

type WorkRow = readonly [
  name: string,
  times: { readonly atMs: number; readonly ms: number },
  outcome: string,
];

function workTable(heading: string, rows: readonly WorkRow[]): string[] {
  if (rows.length === 0) return [];
  const headings = ['Name', 'Began', 'Took', 'Outcome'].map((name, column) =>
    element('th', { scope: 'col', ...look(column) }, name),
  );
  const body = rows.slice(0, MOST_ROWS).map(([name, { atMs, ms }, outcome]) => {
    const cells = [plain(name), timeText(atMs), timeText(ms), outcome];
    return element(
      'tr',
      {},
      ...cells.map((cell, column) => element('td', look(column), escapeMarkup(cell))),
    );
  });
  const others = rows.length - body.length;
  return [
    htmlSection(
      heading,
      element(
        'table',
        {},
        element('thead', {}, element('tr', {}, ...headings)),
        element('tbody', {}, ...body),
      ),
    ),
    ...(others > 0 ? [element('p', {}, `and ${others} more`)] : []),
  ];
}

function look(column: number): Record<string, string> {
  return column === 0 ? {} : { class: column === 3 ? 'word' : 'number' };
}

/** Escapes invisible format characters, which could reverse the text direction. */
function readableJson(report: ShutdownReport): string {
  return JSON.stringify(report, null, 2).replace(/\p{Cf}/gu, (letter) =>
    letter
      .split('')
      .map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
      .join(''),
  );
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
