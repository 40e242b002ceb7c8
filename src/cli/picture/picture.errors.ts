import { GracefulShutdownError } from '../../shutdown/graceful-shutdown.error.js';
import { plain } from '../../shutdown/plain-text.js';

const EXPECTED =
  'expected the JSON of a shutdown report, or a log with a line "Shutdown report"; one that a ' +
  'logger has shortened ([Object]) cannot be read';

/** @internal */
export function noReport(source: string): GracefulShutdownError {
  return new GracefulShutdownError(
    'ERR_SHUTDOWN_NO_REPORT',
    `${plain(source)} holds no shutdown report: ${EXPECTED}`,
  );
}

/** @internal */
export function wrongReport(source: string, problems: readonly string[]): GracefulShutdownError {
  return new GracefulShutdownError(
    'ERR_SHUTDOWN_INVALID_REPORT',
    `${plain(source)} holds a shutdown report that cannot be shown: ${problems.join('; ')}`,
  );
}
