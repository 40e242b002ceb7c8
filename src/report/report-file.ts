import { existsSync, renameSync, rmSync, writeFileSync } from 'node:fs';

import { reportWithin } from './report-within.js';
import type { ShutdownReport } from './shutdown-report.js';

/** What Kubernetes shows of a termination log (`kubectl describe pod`). */
const TERMINATION_LOG_BYTES = 4096;

/**
 * Writes a report to a file, all of it or nothing. Synchronous: what comes after it is the end of the
 * process.
 *
 * @param path - `{pid}` in it becomes the process id, so that workers do not write over each other
 * @internal
 */
export function writeReportFile(path: string, report: ShutdownReport): void {
  const target = path.replaceAll('{pid}', String(report.pid));
  const draft = `${target}.${report.pid}.tmp`;
  try {
    writeFileSync(draft, `${JSON.stringify(report, undefined, 2)}\n`);
    renameSync(draft, target);
  } catch (error) {
    rmSync(draft, { force: true });
    throw error;
  }
}

/**
 * Writes as much of a report as Kubernetes keeps to its termination log. The file is there, mounted
 * into the container, or there is none.
 *
 * @internal
 */
export function writeTerminationLog(path: string, report: ShutdownReport): void {
  if (!existsSync(path)) return;
  writeFileSync(path, JSON.stringify(reportWithin(report, TERMINATION_LOG_BYTES)));
}
