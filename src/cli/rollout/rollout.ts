import type { ShutdownReport } from '../../report/shutdown-report.js';
import { secondsNeeded } from '../../shutdown/shutdown-budget.js';

/** The summary of many shutdowns of one deployment. Times in ms. @internal */
export interface Rollout {
  readonly count: number;
  readonly from: string;
  readonly to: string;
  /** The number of shutdowns of each service and version. */
  readonly services: Tally;
  readonly results: Readonly<Record<ShutdownReport['result'], number>>;
  readonly requests: Readonly<Record<'completed' | 'aborted' | 'cut' | 'late', number>>;
  /** Connections that were reset in the accept queue. */
  readonly dropped: number;
  /** Handlers whose requests were cut or aborted, if the reports name them. */
  readonly lost: Tally;
  /** Work of other kinds that was cut. */
  readonly cutWork: Tally;
  /** The latest new connection of all shutdowns. */
  readonly lastConnection: { readonly atMs: number; readonly host: string } | undefined;
  readonly longest: { readonly totalMs: number; readonly host: string };
  readonly medianMs: number;
  /** The slowest run of each hook. */
  readonly slowestHooks: readonly SlowHook[];
  readonly pods: readonly Pod[];
  /** The most useful advice for the deployment; undefined if there is nothing to change. */
  readonly advice: string | undefined;
}

/** @internal */
export type Tally = readonly { readonly name: string; readonly count: number }[];

/** @internal */
export interface SlowHook {
  readonly name: string;
  readonly ms: number;
  readonly host: string;
}

/** One shutdown. @internal */
export interface Pod {
  readonly host: string;
  readonly result: ShutdownReport['result'];
  readonly totalMs: number;
  readonly exitCode: number | undefined;
  readonly lastConnectionMs: number | undefined;
  /** How it differs from the others; empty if it does not. */
  readonly differs: readonly string[];
}

const MARGIN = 1.5;
const HOOKS_SHOWN = 5;
/** A shutdown is slow if it takes this many times the median and a second more. */
const SLOW_FACTOR = 2;
const SLOW_BY_MS = 1000;
const QUIET_SHARE = 0.25;
const LONG_GRACE_MS = 2000;

/** @param reports - at least one @internal */
export function rolloutOf(reports: readonly ShutdownReport[]): Rollout {
  const times = reports.map(({ startedAt }) => startedAt).toSorted();
  const longest = most(reports, ({ totalMs }) => totalMs);
  const latest = most(
    reports.filter(({ newConnections }) => newConnections.lastAtMs !== undefined),
    ({ newConnections }) => newConnections.lastAtMs!,
  );
  const lastConnection = latest && {
    atMs: latest.newConnections.lastAtMs!,
    host: hostOf(latest),
  };
  return {
    count: reports.length,
    from: times[0]!,
    to: times.at(-1)!,
    services: tally(reports.map(serviceOf)),
    results: {
      clean: resultsOf(reports, 'clean'),
      forced: resultsOf(reports, 'forced'),
      failed: resultsOf(reports, 'failed'),
    },
    requests: {
      completed: sum(reports, ({ requests }) => requests.completed),
      aborted: sum(reports, ({ requests }) => requests.aborted),
      cut: sum(reports, ({ requests }) => requests.cut),
      late: sum(reports, ({ requests }) => requests.late),
    },
    dropped: sum(reports, ({ connections }) => connections.dropped ?? 0),
    lost: tally(
      reports.flatMap(({ requests }) =>
        requests.slowest
          .filter(({ outcome }) => outcome !== 'completed')
          .map(({ label, outcome }) => `${label} (${outcome})`),
      ),
    ),
    cutWork: cutWorkOf(reports),
    lastConnection,
    longest: { totalMs: longest!.totalMs, host: hostOf(longest!) },
    medianMs: medianOf(reports),
    slowestHooks: slowestHooksOf(reports),
    pods: podsOf(reports),
    advice: adviceFor(reports, lastConnection?.atMs),
  };
}

/** @internal */
export function hostOf({ origin, pid }: ShutdownReport): string {
  return origin === undefined ? `process ${pid}` : origin.host;
}

function serviceOf({ origin }: ShutdownReport): string {
  return [origin?.service ?? 'unnamed service', origin?.version].filter(Boolean).join(' ');
}

function cutWorkOf(reports: readonly ShutdownReport[]): Tally {
  const counts = new Map<string, number>();
  for (const { name, cut } of reports.flatMap(({ participants }) => participants)) {
    if (cut > 0 && name !== 'http') counts.set(name, (counts.get(name) ?? 0) + cut);
  }
  return sorted(counts);
}

function slowestHooksOf(reports: readonly ShutdownReport[]): SlowHook[] {
  const slowest = new Map<string, SlowHook>();
  for (const report of reports) {
    for (const { name, ms } of report.hooks) {
      if (ms > (slowest.get(name)?.ms ?? 0)) slowest.set(name, { name, ms, host: hostOf(report) });
    }
  }
  return [...slowest.values()].toSorted((a, b) => b.ms - a.ms).slice(0, HOOKS_SHOWN);
}

function podsOf(reports: readonly ShutdownReport[]): Pod[] {
  const usual = {
    service: usualOf(reports.map(serviceOf)),
    budget: usualOf(reports.map(({ budget }) => JSON.stringify(budget))),
    medianMs: medianOf(reports),
  };
  return reports.map((report) => {
    const { result, totalMs, exitCode, budget } = report;
    const isSlow = totalMs > usual.medianMs * SLOW_FACTOR && totalMs > usual.medianMs + SLOW_BY_MS;
    const differs = [
      result !== 'clean' && result,
      isSlow && `took ${seconds(totalMs)}, the median is ${seconds(usual.medianMs)}`,
      serviceOf(report) !== usual.service && serviceOf(report),
      JSON.stringify(budget) !== usual.budget && `different budget: ${seconds(budget.totalMs)}`,
    ].filter((text) => text !== false);
    const lastConnectionMs = report.newConnections.lastAtMs;
    return { host: hostOf(report), result, totalMs, exitCode, lastConnectionMs, differs };
  });
}

/** What helps most comes first: lost requests, then time. */
function adviceFor(
  reports: readonly ShutdownReport[],
  lastMs: number | undefined,
): string | undefined {
  const [{ budget }] = reports as [ShutdownReport];
  const late = sum(reports, ({ newConnections }) => newConnections.late);
  const graceMs = budget.gracePeriodMs;
  if (late > 0 && lastMs !== undefined) {
    const neededMs = Math.ceil((lastMs * MARGIN) / 1000) * 1000;
    const totalMs = budget.drainTimeoutMs + budget.closeTimeoutMs + neededMs;
    return (
      `${late} new connections came late, the last one ${seconds(lastMs)} after the signal: set ` +
      `gracePeriodMs to ${neededMs}, and the platform's time to ${secondsNeeded(totalMs)} s.`
    );
  }
  const cut = sum(reports, ({ requests }) => requests.cut);
  if (cut > 0) {
    const neededMs = budget.drainTimeoutMs * 2;
    const totalMs = graceMs + neededMs + budget.closeTimeoutMs;
    return (
      `${cut} requests were cut after ${seconds(budget.drainTimeoutMs)} of the drain: have their ` +
      `handlers stop on the deadline signal, or set drainTimeoutMs to ${neededMs}, and the platform's time ` +
      `to ${secondsNeeded(totalMs)} s.`
    );
  }
  const said = tally(reports.flatMap(({ advice }) => advice.filter((one) => !isOnQuiet(one))));
  if (said[0] !== undefined)
    return `${said[0].name} (said by ${said[0].count} of ${reports.length})`;
  const isQuiet =
    graceMs >= LONG_GRACE_MS && lastMs !== undefined && lastMs < graceMs * QUIET_SHARE;
  if (!isQuiet) return undefined;
  return (
    `No new connection came later than ${seconds(lastMs)} in any of ${reports.length} shutdowns: ` +
    `gracePeriodMs can be lowered to ${Math.max(1000, Math.ceil((lastMs * MARGIN) / 500) * 500)}.`
  );
}

/** Ignored for single shutdowns, where it means little; given once for the rollout instead. */
function isOnQuiet(advice: string): boolean {
  return advice.startsWith('No new connection came after');
}

function usualOf(names: readonly string[]): string | undefined {
  return tally(names)[0]?.name;
}

function tally(names: readonly string[]): Tally {
  const counts = new Map<string, number>();
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
  return sorted(counts);
}

function sorted(counts: ReadonlyMap<string, number>): Tally {
  return [...counts]
    .map(([name, count]) => ({ name, count }))
    .toSorted((a, b) => b.count - a.count || a.name.localeCompare(b.name));
}

function medianOf(reports: readonly ShutdownReport[]): number {
  const times = reports.map(({ totalMs }) => totalMs).toSorted((a, b) => a - b);
  return times[(times.length - 1) >> 1]!;
}

function resultsOf(reports: readonly ShutdownReport[], wanted: ShutdownReport['result']): number {
  return reports.filter(({ result }) => result === wanted).length;
}

function most<T>(items: readonly T[], by: (item: T) => number): T | undefined {
  return items.reduce<T | undefined>(
    (best, item) => (best === undefined || by(item) > by(best) ? item : best),
    undefined,
  );
}

function sum(reports: readonly ShutdownReport[], of: (report: ShutdownReport) => number): number {
  return reports.reduce((total, report) => total + of(report), 0);
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(1)} s`;
}
