import { inspect } from 'node:util';

import { lazily } from './lazily.js';
import type { ShutdownReport } from './shutdown-report.js';

/**
 * A report as one log line. JSON loggers (Nest's own, pino, winston) get an object with a message;
 * Nest's console logger gets text.
 *
 * @internal
 */
export class ReportLine {
  readonly message = 'Shutdown report';

  declare readonly report: ShutdownReport;

  /** @param report - called only if a logger writes the line */
  constructor(report: () => ShutdownReport) {
    const get = lazily(() => onOneLine(report()));
    // Of the object itself, as loggers write only what is its own.
    Object.defineProperty(this, 'report', { enumerable: true, get });
  }

  toString(): string {
    return `${this.message}: ${JSON.stringify(this.report)}`;
  }

  [inspect.custom](): string {
    return this.toString();
  }
}

/** For a logger that prints objects over several lines, or only to some depth. */
function onOneLine(report: ShutdownReport): ShutdownReport {
  return Object.defineProperty({ ...report }, inspect.custom, {
    value: () => JSON.stringify(report),
  });
}
