import { seconds } from '../shutdown/amounts.js';
import type { DrainTask } from '../shutdown/drain-participant.js';
import { plain } from '../shutdown/plain-text.js';

/** The number of names in a line. The oldest tasks are the ones that hold the exit. */
const NAMED_AT_MOST = 5;
const STACK_LINES = 50;

/** Tasks of the same name share an entry, so that many requests of one handler hide no other. */
export function list(work: readonly DrainTask[]): string {
  const byLabel = new Map<string, DrainTask[]>();
  for (const one of work) {
    const same = byLabel.get(one.label);
    if (same === undefined) byLabel.set(one.label, [one]);
    else same.push(one);
  }
  const entries = [...byLabel.values()];
  const named = entries.slice(0, NAMED_AT_MOST).map(describeWork);
  const others = entries.slice(NAMED_AT_MOST).flat().length;
  if (others > 0) named.push(`${others} more`);
  return named.join(', ');
}

/** @param same - tasks of the same name, the oldest first */
function describeWork(same: readonly DrainTask[]): string {
  const [work = { label: '' }] = same;
  return `${work.label}${ageOf(work)}${same.length > 1 ? ` (${same.length})` : ''}`;
}

function ageOf({ ageMs, isOlder }: DrainTask): string {
  if (isOlder) return ' since before the signal';
  return ageMs === undefined ? '' : ` ${seconds(ageMs)}`;
}

export function tally(names: readonly string[]): string {
  const counts = new Map<string, number>();
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
  return [...counts].map(([name, number]) => (number > 1 ? `${number} ${name}` : name)).join(', ');
}

/** Cleans a stack line by line, so that it stays readable. */
export function stackOf(error: unknown): string | undefined {
  if (!(error instanceof Error) || typeof error.stack !== 'string') return undefined;
  const lines = error.stack.split('\n', STACK_LINES);
  return lines.map((line) => (/^ {0,8}/.exec(line)?.[0] ?? '') + plain(line)).join('\n');
}
