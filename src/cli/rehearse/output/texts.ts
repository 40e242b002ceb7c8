import { seconds } from '../../../shutdown/amounts.js';
import type { RehearsalResult, RehearsalRun } from '../result.js';
import { type KindCounts, lostOf, sumOf } from '../tally.js';

const COUNTS = ['sent', 'refused', 'reset', 'cut', '5xx', 'wrong'] as const;

/** The columns of the table of clients. @internal */
export const COLUMNS = ['client', ...COUNTS, 'slowest'] as const;

/** One row for each kind of client, and a total. @internal */
export function rowsOf({ after }: RehearsalRun): string[][] {
  const all = { kind: 'all', ...sumOf(after) };
  return [...after, all].map(rowOf);
}

function rowOf({ kind, sent, lost, slowestMs }: KindCounts): string[] {
  return [kind, ...countsOf({ sent, lost }), `${slowestMs} ms`];
}

/** In the order of `COUNTS`. */
function countsOf({ sent, lost }: Pick<KindCounts, 'sent' | 'lost'>): string[] {
  const { refused, reset, cut, error, wrong } = lost;
  return [sent, refused, reset, cut, error, wrong].map(String);
}

/** The columns of the table of runs. @internal */
export const COMPARISON = ['', ...COUNTS, 'signal to exit', 'exit'] as const;

/** One row for each run. @internal */
export function comparisonRows({ runs }: RehearsalResult): string[][] {
  return runs.map((run) => [
    run.name,
    ...countsOf(sumOf(run.after)),
    seconds(run.goneAfterMs),
    run.wasKilled ? 'killed' : String(run.exit.signal ?? run.exit.code),
  ]);
}

/** The conditions of a rehearsal. @internal */
export function conditionsText({ options, runs }: RehearsalResult): string {
  const { command, platform, patienceMs, lagMs } = options;
  const { port, paths, readyPath } = runs[0]!;
  const ready = readyPath === undefined ? '' : `; readiness ${readyPath}`;
  const asked = paths.length === 0 ? '' : `, GET ${paths.join(' ')}`;
  return (
    `${command.text}, port ${port}${asked}; as ${platform.name}: ${platform.signal}, ${patienceMs / 1000} s; ` +
    `balancer lag ${lagMs / 1000} s${ready}`
  );
}

/** Observations other than the requests. @internal */
export function factsOf(run: RehearsalRun): string[] {
  const { sent, lost } = sumOf(run.before);
  const failed = lostOf(lost);
  const { code, signal } = run.exit;
  const end = run.wasKilled
    ? `killed ${seconds(run.goneAfterMs)} after the signal`
    : `gone ${seconds(run.goneAfterMs)} after the signal, ${signal === null ? `code ${code}` : `by ${signal}`}`;
  const red =
    run.redAfterMs === undefined ? '' : `; readiness red after ${seconds(run.redAfterMs)}`;
  const out =
    run.outAfterMs === undefined ? '' : `; the balancer sent until ${seconds(run.outAfterMs)}`;
  return [`before the signal: ${sent} sent, ${failed} failed`, `${end}${red}${out}`];
}

/** Reflects the simulated lag, and says nothing about the real balancer. */
const OF_THE_BALANCER = /^No new connection came after/;

/** The module's own advice. @internal */
export function adviceOf({ report }: RehearsalRun): readonly string[] {
  return report?.advice.filter((advice) => !OF_THE_BALANCER.test(advice)) ?? [];
}
