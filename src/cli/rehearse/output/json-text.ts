import type { RehearsalResult } from '../result.js';
import { lostOf, sumOf } from '../tally.js';

/** The version of the format. */
const VERSION = 1;

/** A rehearsal as JSON. @internal */
export function jsonText({ options, runs, note }: RehearsalResult): string {
  const { command, platform, patienceMs, lagMs, clients, rate, loadMs } = options;
  const data = {
    version: VERSION,
    command: command.text,
    platform: platform.id,
    signal: platform.signal,
    patienceMs,
    balancerLagMs: lagMs,
    load: { clients, rate, loadMs },
    ok: runs[0]!.verdict.ok,
    note,
    runs: runs.map(({ name, verdict, after, before, ...run }) => ({
      name,
      ok: verdict.ok,
      verdict: verdict.sentence,
      findings: verdict.findings,
      before: { clients: before, ...totals(before) },
      after: { clients: after, ...totals(after) },
      ...run,
      output: undefined,
    })),
  };
  return `${JSON.stringify(data, null, 2)}\n`;
}

function totals(counts: Parameters<typeof sumOf>[0]): { sent: number; lost: number } {
  const { sent, lost } = sumOf(counts);
  return { sent, lost: lostOf(lost) };
}
