import { GracefulShutdownError } from '../../shutdown/graceful-shutdown.error.js';
import { plain } from '../../shutdown/plain-text.js';

const EXPECTED =
  'expected the JSON of a report, or a log with a line "Shutdown report" (a report that the ' +
  'logger shortened to [Object] cannot be read)';

/** @internal */
export function noReport(source: string): GracefulShutdownError {
  return new GracefulShutdownError(
    'ERR_SHUTDOWN_NO_REPORT',
    `${plain(source)} contains no shutdown report: ${EXPECTED}`,
  );
}

/** @internal */
export function wrongReport(source: string, problems: readonly string[]): GracefulShutdownError {
  return new GracefulShutdownError(
    'ERR_SHUTDOWN_INVALID_REPORT',
    `${plain(source)} contains a shutdown report that cannot be shown: ${problems.join('; ')}`,
  );
}
