import { inspect } from 'node:util';

import type { ShutdownReport } from './shutdown-report.js';

/**
 * A report as one line of the log. Loggers that write JSON (Nest's own, pino, winston) find an object
 * with a message; Nest's logger for people finds text.
 *
 * @internal
 */
export class ReportLine {
  readonly message = 'Shutdown report';

  readonly report: ShutdownReport;

  constructor(report: ShutdownReport) {
    // A logger that prints objects over several lines, or only to some depth, has it on one line.
    this.report = Object.defineProperty({ ...report }, inspect.custom, {
      value: () => JSON.stringify(report),
    });
  }

  toString(): string {
    return `${this.message}: ${JSON.stringify(this.report)}`;
  }

  [inspect.custom](): string {
    return this.toString();
  }
}
