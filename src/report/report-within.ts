import type { ShutdownReport } from './shutdown-report.js';

type Step = (report: ShutdownReport) => ShutdownReport;

/** The parts that a report can omit, the least important first. */
const STEPS: readonly Step[] = [
  (report) => ({ ...report, samples: [] }),
  (report) => ({ ...report, hooks: report.hooks.filter(({ outcome }) => outcome !== 'completed') }),
  (report) => ({ ...report, requests: { ...report.requests, slowest: firstOf(report, 5) } }),
  (report) => ({ ...report, participants: [] }),
  (report) => ({ ...report, failures: report.failures.slice(0, 5), hooks: [] }),
  (report) => ({ ...report, requests: { ...report.requests, slowest: [] } }),
  (report) => ({ ...report, foreignListeners: [], heldBy: report.heldBy.slice(0, 5) }),
  (report) => ({ ...report, failures: [], advice: report.advice.slice(0, 3) }),
  (report) => ({ ...report, advice: [], heldBy: [] }),
];

/**
 * Shortens a report to a number of bytes of JSON, by omitting what matters least.
 *
 * @internal
 */
export function reportWithin(report: ShutdownReport, bytes: number): ShutdownReport {
  let reduced = report;
  for (const reduce of STEPS) {
    if (Buffer.byteLength(JSON.stringify(reduced)) <= bytes) break;
    reduced = reduce(reduced);
  }
  return reduced;
}

function firstOf(
  { requests }: ShutdownReport,
  count: number,
): ShutdownReport['requests']['slowest'] {
  return requests.slowest.slice(0, count);
}
