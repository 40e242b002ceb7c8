import { inspect } from 'node:util';

import type { ShutdownReport } from './shutdown-report.js';

/**
 * A report as one log line. JSON loggers (Nest's own, pino, winston) get an object with a message;
 * Nest's console logger gets text.
 *
 * @internal
 */
export class ReportLine {
  readonly message = 'Shutdown report';

  readonly report: ShutdownReport;

  constructor(report: ShutdownReport) {
    // Keeps it on one line for a logger that prints objects over several lines, or only to some
    // depth.
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
