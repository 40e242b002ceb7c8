import { plain } from '../../shutdown/plain-text.js';
import type { Pod, Rollout, Tally } from './rollout.js';

/** Facts under a heading, shared by all outputs. All texts are plain. @internal */
export type Fact = readonly [heading: string, lines: readonly string[]];

/** @internal */
export const POD_COLUMNS = ['pod', 'result', 'took', 'exit', 'last connection', 'differs'] as const;

const PODS_SHOWN = 50;

/** @internal */
export function titleOf({ count, results }: Rollout): string {
  const bad = results.forced + results.failed;
  return bad === 0
    ? `${count} shutdowns, all clean`
    : `${count} shutdowns: ${results.clean} clean, ${results.forced} forced, ${results.failed} failed`;
}

/** @internal */
export function factsOf(rollout: Rollout): Fact[] {
  const { requests, lastConnection, longest, slowestHooks, advice } = rollout;
  const facts: Fact[] = [
    ['From, to', [`${rollout.from}, ${rollout.to}`]],
    ['Services', tallyLines(rollout.services)],
    [
      'Requests',
      [
        `${requests.completed} completed, ${requests.aborted} aborted, ${requests.cut} cut, ` +
          `${requests.late} after the grace period`,
      ],
    ],
    ['Lost by handler', tallyLines(rollout.lost)],
    ['Other work cut', tallyLines(rollout.cutWork)],
    ['Dropped connections', rollout.dropped > 0 ? [String(rollout.dropped)] : []],
    [
      'Last new connection',
      lastConnection === undefined
        ? []
        : [`${seconds(lastConnection.atMs)} after the signal (${lastConnection.host})`],
    ],
    [
      'Time',
      [
        `median ${seconds(rollout.medianMs)}, longest ${seconds(longest.totalMs)} (${longest.host})`,
      ],
    ],
    ['Slowest hooks', slowestHooks.map(({ name, ms, host }) => `${name} ${seconds(ms)} (${host})`)],
    ['Advice', advice === undefined ? [] : [advice]],
  ];
  return facts
    .filter(([, lines]) => lines.length > 0)
    .map(([heading, lines]) => [heading, lines.map((line) => plain(line, 400))]);
}

/** The pods; those that differ come first. @internal */
export function podRows({ pods }: Rollout): { rows: string[][]; others: number } {
  const ordered = pods.toSorted((a, b) => b.differs.length - a.differs.length);
  return {
    rows: ordered.slice(0, PODS_SHOWN).map(podRow),
    others: Math.max(0, pods.length - PODS_SHOWN),
  };
}

function podRow({ host, result, totalMs, exitCode, lastConnectionMs, differs }: Pod): string[] {
  return [
    plain(host, 60),
    result,
    seconds(totalMs),
    exitCode === undefined ? '-' : String(exitCode),
    lastConnectionMs === undefined ? '-' : seconds(lastConnectionMs),
    plain(differs.join('; '), 120),
  ];
}

function tallyLines(tally: Tally): string[] {
  return tally.map(({ name, count }) => `${count} x ${name}`);
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(1)} s`;
}
