import { GracefulShutdownError } from '../shutdown/graceful-shutdown.error.js';

const BY_CODE: Readonly<Record<string, number>> = {
  ERR_RESTART_USAGE: 2,
  ERR_RESTART_INVALID_OPTIONS: 2,
  ERR_RESTART_HOOKS: 2,
  ERR_RESTART_UNSUPPORTED_PLATFORM: 2,
  ERR_RESTART_SEVERAL_SERVICES: 2,
  ERR_RESTART_NOT_RUNNING: 3,
  ERR_REHEARSE_NOT_STARTED: 3,
  ERR_REHEARSE_ONLY_ERRORS: 3,
};

/**
 * The exit status for an error: 2 for wrong usage, 3 if there is no service, otherwise 1.
 *
 * @internal
 */
export function exitStatusOf(error: unknown): number {
  return error instanceof GracefulShutdownError ? (BY_CODE[error.code] ?? 1) : 1;
}
