import type { RehearsalResult, RehearsalRun } from '../result.js';
import {
  adviceOf,
  COLUMNS,
  COMPARISON,
  comparisonRows,
  conditionsText,
  factsOf,
  rowsOf,
} from './texts.js';

const GREEN = '\u001B[32m';
const RED = '\u001B[31m';
const PLAIN = '\u001B[39m';

/** A rehearsal for the terminal. @internal */
export function terminalText(result: RehearsalResult, colours: boolean): string {
  const isComparison = result.runs.length > 1;
  const parts = result.runs.map((run) => runText(run, isComparison, colours));
  const note = result.note === undefined ? [] : [`${result.note}\n`];
  const end = isComparison ? [...table([[...COMPARISON], ...comparisonRows(result)]), ''] : note;
  return [conditionsText(result), '', ...parts, ...end].join('\n');
}

function runText(run: RehearsalRun, isOneOfSeveral: boolean, colours: boolean): string {
  const { ok, sentence, findings } = run.verdict;
  const told = [
    ...findings.map(({ message }) => message),
    ...adviceOf(run).map((advice) => `Advice of the module: ${advice}`),
  ];
  return [
    ...(isOneOfSeveral ? [run.name, ''] : []),
    ...table([[...COLUMNS], ...rowsOf(run)]),
    '',
    ...factsOf(run),
    '',
    colours ? `${ok ? GREEN : RED}${sentence}${PLAIN}` : sentence,
    ...told.map((line) => `  - ${line}`),
    '',
  ].join('\n');
}

function table(rows: readonly string[][]): string[] {
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)));
  return rows.map((row) =>
    row
      .map((cell, i) => (i === 0 ? cell.padEnd(widths[0]!) : cell.padStart(widths[i]! + 2)))
      .join(''),
  );
}
