import { messageOf } from '../shutdown/plain-text.js';
import type { ShutdownObserver } from '../shutdown/shutdown-observer.js';
import type { ShutdownSequence } from '../shutdown/shutdown-sequence.js';
import type { ShutdownState } from '../shutdown/shutdown-state.js';
import { isOwnFile, writeReportFile, writeTerminationLog } from './report-file.js';
import { ReportLine } from './report-line.js';
import { reportWithin } from './report-within.js';
import { RunMarker } from './run-marker.js';
import type { ShutdownRecord } from './shutdown-record.js';
import type { ShutdownReport } from './shutdown-report.js';

/** Container runtimes cut a line of a log into pieces of 16 KiB; Nest's prefix and escapes need room. */
const LOG_LINE_BYTES = 8192;

/** @internal */
export interface PublisherOptions {
  readonly reportFile: string | undefined;
  readonly terminationLog: string | undefined;
  readonly reportLog: 'none' | 'compact' | 'full';
}

/** The part of Nest's logger that is used here. @internal */
export interface ReportSink {
  log(message: object | string): void;
  warn(message: string): void;
  debug(message: object): void;
}

/**
 * Publishes the report of a shutdown: in the log, in a file, in Kubernetes' termination log. A
 * failed write is logged and has no other effect.
 *
 * @internal
 */
export class ReportPublisher implements ShutdownObserver {
  readonly #readers = new Set<(report: () => ShutdownReport) => void>();
  readonly #marker: RunMarker | undefined;
  /** Problems that have been logged. */
  readonly #unwritable = new Set<string>();
  #report: (() => ShutdownReport) | undefined;

  constructor(
    private readonly record: ShutdownRecord,
    private readonly sequence: ShutdownSequence,
    private readonly sink: ReportSink,
    private readonly options: PublisherOptions,
  ) {
    this.#marker = markerBeside(options.reportFile);
    sequence.observe(this);
  }

  /** Undefined until the shutdown is over. */
  get report(): ShutdownReport | undefined {
    return this.#report?.();
  }

  /** Calls back with each report once it is known; it is made when it is read. */
  onReport(read: (report: () => ShutdownReport) => void): void {
    this.#readers.add(read);
  }

  /**
   * The application has started: logs what was wrong with the last run, and is wrong with this one.
   */
  started(): void {
    for (const advice of this.record.adviceAtStart()) this.sink.warn(advice);
    this.#attempt(this.#marker?.path, () => {
      const unclean = this.#marker?.begin();
      if (unclean === undefined) return;
      const { pid, startedAt, state } = unclean;
      this.sink.warn(
        `The previous run ended without a shutdown (process ${pid}, started ${startedAt}, last seen ` +
          `${state}): it was killed, it crashed, or something called process.exit().`,
      );
    });
  }

  entered(state: ShutdownState): void {
    if (state !== 'closed') this.#attempt(this.#marker?.path, () => this.#marker?.update(state));
  }

  closed(): void {
    // If the process ends, its exit code is not known yet.
    if (!this.sequence.endsProcess) this.#publish();
  }

  exits(): void {
    this.#publish();
  }

  /** Once more, with what keeps the event loop alive. */
  held(): void {
    this.#report = this.record.report();
    if (this.#report !== undefined) this.#write(this.#report);
  }

  #publish(): void {
    const report = this.record.report();
    // Either it is over, or it was reported already.
    if (report === undefined || this.#report !== undefined) return;
    this.#report = report;
    this.#log(report);
    this.#write(report);
    for (const read of this.#readers) this.#attempt('those who read it', () => read(report));
  }

  /** A test that closes its application logs nothing. */
  #log(report: () => ShutdownReport): void {
    const { reportLog } = this.options;
    const line = new ReportLine(() => {
      const told = reportLog === 'full' ? report() : { ...report(), samples: [] };
      return reportWithin(told, LOG_LINE_BYTES);
    });
    if (!this.sequence.endsProcess) return this.sink.debug(line);
    if (reportLog !== 'none') this.sink.log(line);
    for (const advice of report().advice) this.sink.log(`Advice: ${advice}`);
  }

  #write(report: () => ShutdownReport): void {
    const { reportFile, terminationLog } = this.options;
    if (reportFile !== undefined) {
      this.#attempt(reportFile, () => writeReportFile(reportFile, report()));
    }
    if (terminationLog !== undefined && this.sequence.endsProcess) {
      this.#attempt(terminationLog, () => writeTerminationLog(terminationLog, report()));
    }
    this.#attempt(this.#marker?.path, () => this.#marker?.remove());
  }

  #attempt(path: string | undefined, write: () => void): void {
    if (path === undefined) return;
    try {
      write();
    } catch (error) {
      if (this.#unwritable.has(path)) return;
      this.#unwritable.add(path);
      this.sink.warn(`The report could not be written to ${path}: ${messageOf(error)}`);
    }
  }
}

/**
 * There is no marker if each process has a report file of its own, since nobody would look for the
 * marker of a dead process; nor beside a device or a pipe, where it would be in `/dev`.
 */
function markerBeside(reportFile: string | undefined): RunMarker | undefined {
  if (reportFile === undefined || reportFile.includes('{pid}')) return undefined;
  if (!isOwnFile(reportFile)) return undefined;
  return new RunMarker(`${reportFile}.running`);
}
