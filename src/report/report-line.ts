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

  constructor(readonly report: ShutdownReport) {}

  toString(): string {
    return `${this.message}: ${JSON.stringify(this.report)}`;
  }

  [inspect.custom](): string {
    return this.toString();
  }
}
