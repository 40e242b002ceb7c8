import { KILL_AFTER_MS } from '../budget.mjs';
import { exit, lostOf, seconds } from './format.mjs';
import { LATE_MS } from './summary.mjs';

const COLUMNS = ['lost', 'wrong', 'reset', 'refused', 'to exit', 'exit'];
const WIDTHS = [13, 7, 7, 9, 10, 22];
const NAME_WIDTH = 34;

export function printRow({ title }, adapter, rounds) {
  console.log(`\n${`${title}, ${adapter}`.padEnd(NAME_WIDTH)}${cellsOf(COLUMNS)}`);
  for (const { solution, round } of rounds) printRound(solution, round);
}

function printRound({ name }, round) {
  if (round.error !== undefined) return console.log(`${name.padEnd(NAME_WIDTH)}  ${round.error}`);
  const { wrong, reset, refused, ms, lateMs, value, unit, note } = round;
  const how = exit({ exits: [round.exit] }, KILL_AFTER_MS);
  const cells = [lostOf(round), wrong, reset, refused, seconds(ms), how];
  const more = [
    value === undefined ? [] : `${value} ${unit}`,
    note ?? [],
    lateMs > LATE_MS ? `clients late by ${lateMs} ms` : [],
  ].flat();
  console.log([name.padEnd(NAME_WIDTH) + cellsOf(cells), ...more].join('  '));
}

function cellsOf(cells) {
  return cells.map((cell, i) => String(cell).padStart(WIDTHS[i])).join('');
}
