import { seconds, withWorst } from './format.mjs';
import { style } from './svg-style.mjs';
import { cellsOf, compare, OURS, scenariosOf } from './summary.mjs';

const LABELS = 196;
const HEAD = 158;
const CELL = { width: 84, height: 38 };
const GAP = 3;
const MARGIN = 16;
const LEGEND = 92;
/** Where the slanted head of the last column ends. */
const OVERHANG = 96;

/** What a cell may say of a solution in a scenario, from best to worst. */
const KINDS = {
  clean: 'nothing lost, gone by itself',
  held: 'nothing lost, but it had to be killed',
  some: 'some requests lost',
  most: 'half of them or more lost',
};

/** A picture of the results on an adapter: a row for each scenario, a column for each solution. */
export function matrix(run) {
  const scenarios = scenariosOf(run);
  const width = MARGIN + LABELS + run.solutions.length * CELL.width + OVERHANG;
  const bottom = HEAD + scenarios.length * CELL.height;
  const height = bottom + LEGEND;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img">`,
    `<title>What each solution lost, and how long it took to exit</title>`,
    `<desc>${escape(description(run))}</desc>`,
    `<style>${style}</style>`,
    `<rect class="paper" x="0.5" y="0.5" width="${width - 1}" height="${height - 1}" rx="8"/>`,
    ...run.solutions.map((solution, i) => head(solution, i)),
    ...scenarios.flatMap((scenario, i) => row(run, scenario, HEAD + i * CELL.height)),
    ...frame(run, bottom),
    ...legend(bottom + 24),
    '</svg>',
    '',
  ].join('\n');
}

function head({ file, name, version }, i) {
  const x = MARGIN + LABELS + i * CELL.width + CELL.width / 2;
  const y = HEAD - 10;
  const strong = file === OURS ? ' strong' : '';
  return (
    `<text class="head${strong}" transform="translate(${x} ${y}) rotate(-38)">${escape(name)}` +
    `<tspan class="dim"> ${version}</tspan></text>`
  );
}

function row(run, { file, title }, y) {
  const cells = cellsOf(run, file);
  const label =
    `<text class="label" x="${MARGIN}" y="${y + 16}">${escape(title)}${marks(cells)}</text>` +
    `<text class="note" x="${MARGIN}" y="${y + 30}">${roundsOf(cells)}</text>`;
  const measured = cells.filter(({ rounds }) => rounds > 0);
  return [label, ...measured.map((cell) => drawCell(cell, column(run, cell), y))];
}

/** Said in the legend. */
function marks(cells) {
  const { better, faster, cheaper } = compare(cells);
  if (better.length > 0) return ' ◆';
  return faster.length + cheaper.length > 0 ? ' ◇' : '';
}

function roundsOf(cells) {
  const counts = cells.map(({ rounds }) => rounds);
  const [fewest, most] = [Math.min(...counts), Math.max(...counts)];
  const many = fewest === most ? most : `${fewest} to ${most}`;
  return `${many} ${most === 1 ? 'round' : 'rounds'}`;
}

function column({ solutions }, { solution }) {
  return MARGIN + LABELS + solutions.findIndex(({ file }) => file === solution) * CELL.width;
}

function drawCell(cell, x, y) {
  const kind = kindOf(cell);
  const middle = x + CELL.width / 2;
  const lines = linesOf(cell);
  const top = lines.length === 1 ? 23 : 16;
  return (
    `<rect class="${kind}" x="${x}" y="${y}" width="${CELL.width - GAP}" height="${CELL.height - GAP}" rx="3"/>` +
    lines
      .map(
        (line, i) =>
          `<text class="on-${kind}" x="${middle}" y="${y + top + i * 14}">${line}</text>`,
      )
      .join('')
  );
}

function linesOf({ sent, lost, ms, killed, figure }) {
  if (figure !== undefined) return [String(figure.median), figure.unit];
  const time = killed > 0 ? 'killed' : withWorst(ms, seconds);
  if (sent === 0) return [time];
  return [lost.worst === 0 ? 'none' : `${withWorst(lost)} lost`, time];
}

/** By its worst round. */
function kindOf({ sent, lost, killed }) {
  if (lost.worst === 0) return killed > 0 ? 'held' : 'clean';
  return lost.median * 2 < sent ? 'some' : 'most';
}

/** Around the column of this module. */
function frame(run, bottom) {
  const i = run.solutions.findIndex(({ file }) => file === OURS);
  if (i === -1) return [];
  const x = MARGIN + LABELS + i * CELL.width - 2;
  const height = bottom - HEAD + 1;
  const size = `x="${x}" y="${HEAD - 2}" width="${CELL.width + 4 - GAP}" height="${height}"`;
  return [`<rect class="frame" ${size} rx="4"/>`];
}

function legend(y) {
  const kinds = Object.entries(KINDS).map(([kind, text], i) => {
    const x = MARGIN + i * 270;
    return (
      `<rect class="${kind}" x="${x}" y="${y - 11}" width="14" height="14" rx="3"/>` +
      `<text class="note" x="${x + 20}" y="${y}">${text}</text>`
    );
  });
  const told = [
    'First line: requests lost. Second line: from the signal to the exit. The median of all rounds, and in ' +
      'brackets the worst.',
    `◆ another one lost fewer than ${OURS}. ◇ another one lost as few and exited sooner, or cost less.`,
  ];
  const lines = told.map(
    (line, i) => `<text class="note" x="${MARGIN}" y="${y + 28 + i * 18}">${line}</text>`,
  );
  return [...kinds, ...lines];
}

function description(run) {
  const total = (file) =>
    scenariosOf(run)
      .flatMap((scenario) => cellsOf(run, scenario.file))
      .filter(({ solution, rounds }) => solution === file && rounds > 0)
      .reduce((sum, { lost }) => sum + lost.median, 0);
  return run.solutions.map(({ file, name }) => `${name}: ${total(file)} requests lost`).join('; ');
}

function escape(text) {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
}
