import {
  closeSync,
  constants,
  fstatSync,
  lstatSync,
  openSync,
  readlinkSync,
  realpathSync,
  renameSync,
  rmSync,
  type Stats,
  statSync,
  writeSync,
} from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';

import { reportWithin } from './report-within.js';
import type { ShutdownReport } from './shutdown-report.js';

/** The size that Kubernetes keeps of a termination log (`kubectl describe pod`). */
const TERMINATION_LOG_BYTES = 4096;
const STANDARD_OUTPUTS = [1, 2];
/** The limit of Linux. */
const MOST_LINKS = 40;
const { O_WRONLY, O_TRUNC } = constants;
/** Opening a FIFO without a reader fails instead of blocking. Windows has neither. */
const O_NONBLOCK = constants.O_NONBLOCK ?? 0;

/**
 * Writes a report to a file, all of it or nothing. Synchronous, because the process ends right
 * after. A device or a pipe is written to and never replaced; a link stays a link.
 *
 * @param path - `{pid}` in it becomes the process id, so that workers do not write over each other
 * @internal
 */
export function writeReportFile(path: string, report: ShutdownReport): void {
  const name = path.replaceAll('{pid}', String(report.pid));
  const content = `${JSON.stringify(report, undefined, 2)}\n`;
  const found = statSync(name, { throwIfNoEntry: false });
  const output = found && outputThatIs(found);
  if (output !== undefined) writeAll(output, content);
  else if (found?.isFile() === false) writeInto(name, 0, content);
  else replace(targetOf(name), content, report.pid);
}

/**
 * Writes as much of a report as Kubernetes keeps to its termination log. Kubernetes mounts the file
 * into the container; elsewhere there is none.
 *
 * @internal
 */
export function writeTerminationLog(path: string, report: ShutdownReport): void {
  if (statSync(path, { throwIfNoEntry: false }) === undefined) return;
  writeInto(path, O_TRUNC, JSON.stringify(reportWithin(report, TERMINATION_LOG_BYTES)));
}

/**
 * Whether it is, or will be, a regular file of its own: no device, no pipe, not the output of this
 * process.
 *
 * @internal
 */
export function isOwnFile(path: string): boolean {
  try {
    const found = statSync(path, { throwIfNoEntry: false });
    return found === undefined || (found.isFile() && outputThatIs(found) === undefined);
  } catch {
    return true;
  }
}

/** `/dev/stderr`, `/proc/self/fd/1`, or the file that the log goes to: the report is appended. */
function outputThatIs({ dev, ino }: Stats): number | undefined {
  return STANDARD_OUTPUTS.find((fd) => {
    try {
      const output = fstatSync(fd);
      return output.dev === dev && output.ino === ino;
    } catch {
      return false;
    }
  });
}

function replace(target: string, content: string, pid: number): void {
  const draft = `${target}.${pid}.tmp`;
  // Left by a killed run; `wx` follows no link that somebody has put in its place.
  rmSync(draft, { force: true });
  const fd = openSync(draft, 'wx');
  try {
    try {
      writeAll(fd, content);
    } finally {
      closeSync(fd);
    }
    renameSync(draft, target);
  } catch (error) {
    rmSync(draft, { force: true });
    throw error;
  }
}

function writeInto(path: string, flags: number, content: string): void {
  const fd = openSync(path, O_WRONLY | O_NONBLOCK | flags);
  try {
    writeAll(fd, content);
  } finally {
    closeSync(fd);
  }
}

function writeAll(fd: number, content: string): void {
  let rest = Buffer.from(content);
  while (rest.length > 0) rest = rest.subarray(writeSync(fd, rest));
}

/** Resolves a name link by link, whether or not the target exists. */
function targetOf(path: string): string {
  let target = path;
  for (let links = 0; links < MOST_LINKS; links += 1) {
    target = join(realpathSync(dirname(target)), basename(target));
    if (!lstatSync(target, { throwIfNoEntry: false })?.isSymbolicLink()) return target;
    target = resolve(dirname(target), readlinkSync(target));
  }
  return realpathSync(path);
}
