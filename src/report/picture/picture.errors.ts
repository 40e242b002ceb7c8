import { GracefulShutdownError } from '../../shutdown/graceful-shutdown.error.js';

const EXPECTED =
  'expected is the JSON of a shutdown report, or a log with one, in which it stands on one line';

/** @internal */
export function noReport(source: string): GracefulShutdownError {
  return new GracefulShutdownError(
    'ERR_SHUTDOWN_NO_REPORT',
    `${source} holds no shutdown report: ${EXPECTED}`,
  );
}

/** @internal */
export function wrongReport(source: string, problems: readonly string[]): GracefulShutdownError {
  return new GracefulShutdownError(
    'ERR_SHUTDOWN_INVALID_REPORT',
    `${source} holds a shutdown report that cannot be shown: ${problems.join('; ')}`,
  );
}
