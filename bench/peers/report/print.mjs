import { exit, lostOf, seconds } from './format.mjs';
import { LATE_MS } from './summary.mjs';

const COLUMNS = ['lost', 'wrong', 'reset', 'refused', 'to exit', 'exit'];
const WIDTHS = [13, 7, 7, 9, 10, 22];
const NAME_WIDTH = 34;

export function printHead({ title }) {
  console.log(`\n${title.padEnd(NAME_WIDTH)}${row(COLUMNS)}`);
}

export function printCell(name, cell, killAfterMs) {
  const { wrong, reset, refused, ms, lateMs } = cell;
  const cells = [lostOf(cell), wrong, reset, refused, seconds(ms), exit(cell, killAfterMs)];
  const notes = lateMs > LATE_MS ? [...cell.notes, `clients late by ${lateMs} ms`] : cell.notes;
  console.log([name.padEnd(NAME_WIDTH) + row(cells), ...notes].join('  '));
}

function row(cells) {
  return cells.map((cell, i) => String(cell).padStart(WIDTHS[i])).join('');
}
