import { messageOf } from '../shutdown/plain-text.js';
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

/** Nest's logger, as far as it is used here. @internal */
export interface ReportSink {
  log(message: object | string): void;
  warn(message: string): void;
  debug(message: object): void;
}

/**
 * Tells of a shutdown when it is over: in the log, in a file, in Kubernetes' termination log. What
 * cannot be written is said, and disturbs nothing.
 *
 * @internal
 */
export class ReportPublisher {
  readonly #readers = new Set<(report: ShutdownReport) => void>();
  readonly #marker: RunMarker | undefined;
  /** Said once each. */
  readonly #unwritable = new Set<string>();
  #report: ShutdownReport | undefined;

  constructor(
    private readonly record: ShutdownRecord,
    private readonly sequence: ShutdownSequence,
    private readonly sink: ReportSink,
    private readonly options: PublisherOptions,
  ) {
    this.#marker = markerBeside(options.reportFile);
    sequence.observe({
      entered: (state) => this.#mark(state),
      closed: () => {
        // Where the process ends, it is not known yet what with.
        if (!sequence.endsProcess) this.#publish();
      },
    });
  }

  /** Undefined until the shutdown is over. */
  get report(): ShutdownReport | undefined {
    return this.#report;
  }

  /** Calls back with each report as soon as there is one. */
  onReport(read: (report: ShutdownReport) => void): void {
    this.#readers.add(read);
  }

  /** The application has started. Says what was wrong with the run before, and is with this one. */
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

  foreignListener(name: string): void {
    this.record.foreignListener(name);
  }

  /** The process is about to end. */
  exits(code: number): void {
    this.record.exits(code);
    this.#publish();
  }

  /** @param resources - what the process was busy with when it was interrupted */
  gaveUp(resources: readonly string[]): void {
    this.record.gaveUp(resources);
  }

  /** @param resources - what keeps the event loop alive although all is closed */
  held(resources: readonly string[]): void {
    this.record.held(resources);
    this.#report = this.record.report();
    if (this.#report !== undefined) this.#write(this.#report);
  }

  #publish(): void {
    const report = this.record.report();
    // It runs no more, or it has been told of already.
    if (report === undefined || this.#report !== undefined) return;
    this.#report = report;
    this.#log(report);
    this.#write(report);
    for (const read of this.#readers) this.#attempt('those who read it', () => read(report));
  }

  /** A test that closes its application is no news. */
  #log(report: ShutdownReport): void {
    const { reportLog } = this.options;
    const told = reportLog === 'full' ? report : { ...report, samples: [] };
    const line = new ReportLine(reportWithin(told, LOG_LINE_BYTES));
    if (!this.sequence.endsProcess) return this.sink.debug(line);
    if (reportLog !== 'none') this.sink.log(line);
    for (const advice of report.advice) this.sink.log(`Advice: ${advice}`);
  }

  #write(report: ShutdownReport): void {
    const { reportFile, terminationLog } = this.options;
    if (reportFile !== undefined) {
      this.#attempt(reportFile, () => writeReportFile(reportFile, report));
    }
    if (terminationLog !== undefined && this.sequence.endsProcess) {
      this.#attempt(terminationLog, () => writeTerminationLog(terminationLog, report));
    }
    this.#attempt(this.#marker?.path, () => this.#marker?.remove());
  }

  #mark(state: ShutdownState): void {
    if (state !== 'closed') this.#attempt(this.#marker?.path, () => this.#marker?.update(state));
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
 * None for a file of each process: nobody would look for that of a process that is gone. None beside
 * a device or a pipe, where it would be in `/dev`.
 */
function markerBeside(reportFile: string | undefined): RunMarker | undefined {
  if (reportFile === undefined || reportFile.includes('{pid}')) return undefined;
  if (!isOwnFile(reportFile)) return undefined;
  return new RunMarker(`${reportFile}.running`);
}
