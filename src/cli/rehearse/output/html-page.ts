import { plain } from '../../../shutdown/plain-text.js';
import { htmlDocument, htmlFigure, htmlSection } from '../../picture/html-document.js';
import { element, escapeMarkup } from '../../picture/svg-element.js';
import { svgPicture } from '../../picture/svg-picture.js';
import type { RehearsalResult, RehearsalRun } from '../result.js';
import { svgTable } from './svg-table.js';
import { adviceOf, COLUMNS, conditionsText, factsOf, rowsOf } from './texts.js';

/** A rehearsal as a page, with the picture of the module's report, if any. @internal */
export function htmlPage(result: RehearsalResult): string {
  const title = `Rehearsal: ${result.runs[0]!.verdict.sentence}`;
  const body = element(
    'main',
    {},
    element('h1', {}, text(title)),
    element('p', {}, text(conditionsText(result))),
    htmlFigure('Clients', svgTable(result)),
    ...(result.note === undefined ? [] : [element('p', {}, text(result.note))]),
    ...result.runs.flatMap(runSections),
  );
  return htmlDocument(plain(title), body);
}

function runSections(run: RehearsalRun): string[] {
  const told = [...run.verdict.findings.map(({ message }) => message), ...adviceOf(run)];
  return [
    htmlSection(
      plain(`What clients saw, ${run.name}`),
      clientTable(run),
      ...factsOf(run).map((fact) => element('p', {}, text(fact))),
    ),
    ...(told.length === 0
      ? []
      : [
          htmlSection(
            'What to do',
            element('ul', {}, ...told.map((line) => element('li', {}, text(line)))),
          ),
        ]),
    ...(run.report === undefined
      ? []
      : [htmlSection('The report of the module', htmlFigure('Timeline', svgPicture(run.report)))]),
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

function look(column: number): Record<string, string> {
  return column === 0 ? {} : { class: 'number' };
}

function text(content: string): string {
  return escapeMarkup(plain(content));
}
