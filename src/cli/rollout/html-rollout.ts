import { htmlDocument, htmlFigure } from '../picture/html-document.js';
import { element, escapeMarkup } from '../picture/svg-element.js';
import { factsOf, POD_COLUMNS, podRows, titleOf } from './rollout-text.js';
import type { Rollout } from './rollout.js';
import { svgRollout } from './svg-rollout.js';

/** A rollout as a page. @internal */
export function htmlRollout(rollout: Rollout): string {
  const title = `Rollout: ${titleOf(rollout)}`;
  const { rows, others } = podRows(rollout);
  const body = element(
    'main',
    {},
    element('h1', {}, escapeMarkup(title)),
    htmlFigure('Shutdowns', svgRollout(rollout)),
    element('h2', {}, 'Figures'),
    element('table', {}, element('tbody', {}, ...factsOf(rollout).map(factRow))),
    element('h2', {}, 'Pods'),
    element(
      'table',
      {},
      element('thead', {}, row('th', POD_COLUMNS)),
      element('tbody', {}, ...rows.map((cells) => row('td', cells))),
    ),
    ...(others > 0 ? [element('p', {}, `and ${others} more`)] : []),
  );
  return htmlDocument(title, body);
}

function factRow([heading, lines]: readonly [string, readonly string[]]): string {
  const items = lines.map((line) => element('div', {}, escapeMarkup(line)));
  return element('tr', {}, element('th', { scope: 'row' }, heading), element('td', {}, ...items));
}

function row(name: 'th' | 'td', cells: readonly string[]): string {
  const attributes: Record<string, string> = name === 'th' ? { scope: 'col' } : {};
  return element('tr', {}, ...cells.map((cell) => element(name, attributes, escapeMarkup(cell))));
}
