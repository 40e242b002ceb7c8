import { HTML_STYLE } from '../../picture/html-style.js';
import { element, escapeMarkup } from '../../picture/svg-element.js';
import { svgPicture } from '../../picture/svg-picture.js';
import { plain } from '../../../shutdown/plain-text.js';
import type { RehearsalResult, RehearsalRun } from '../result.js';
import { svgTable } from './svg-table.js';
import { adviceOf, COLUMNS, conditionsText, factsOf, rowsOf } from './texts.js';

/** A rehearsal as a page, with the picture of the module's report where there is one. @internal */
export function htmlPage(result: RehearsalResult): string {
  const title = `Rehearsal: ${result.runs[0]!.verdict.sentence}`;
  const body = element(
    'main',
    {},
    element('h1', {}, text(title)),
    element('p', {}, text(conditionsText(result))),
    picture('Clients', svgTable(result)),
    ...(result.note === undefined ? [] : [element('p', {}, text(result.note))]),
    ...result.runs.flatMap(runSections),
  );
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width,initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>${text(title)}</title>
<style>
${HTML_STYLE}
</style>
</head>
<body>
${body}
</body>
</html>
`;
}

function runSections(run: RehearsalRun): string[] {
  const told = [...run.verdict.findings.map(({ message }) => message), ...adviceOf(run)];
  return [
    section(
      `What clients saw, ${run.name}`,
      clientTable(run),
      ...factsOf(run).map((fact) => element('p', {}, text(fact))),
    ),
    ...(told.length === 0
      ? []
      : [
          section(
            'What to do',
            element('ul', {}, ...told.map((line) => element('li', {}, text(line)))),
          ),
        ]),
    ...(run.report === undefined
      ? []
      : [section('The report of the module', picture('Timeline', svgPicture(run.report)))]),
  ];
}

function clientTable(run: RehearsalRun): string {
  const head = COLUMNS.map((name, i) => element('th', { scope: 'col', ...look(i) }, name));
  const rows = rowsOf(run).map((row) =>
    element('tr', {}, ...row.map((cell, i) => element('td', look(i), text(cell)))),
  );
  return element(
    'table',
    {},
    element('thead', {}, element('tr', {}, ...head)),
    element('tbody', {}, ...rows),
  );
}

function section(heading: string, ...content: string[]): string {
  return element('section', {}, element('h2', {}, text(heading)), ...content);
}

/** It can be scrolled, so it must be reachable without a mouse. */
function picture(label: string, svg: string): string {
  return element('div', { class: 'wide', tabindex: 0, role: 'region', 'aria-label': label }, svg);
}

function look(column: number): Record<string, string> {
  return column === 0 ? {} : { class: 'number' };
}

function text(content: string): string {
  return escapeMarkup(plain(content));
}
