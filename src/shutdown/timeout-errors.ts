import { GracefulShutdownError } from './graceful-shutdown.error.js';

/** @internal */
export function drainTimeout(drainTimeoutMs: number): GracefulShutdownError {
  return new GracefulShutdownError(
    'ERR_SHUTDOWN_DRAIN_TIMEOUT',
    `has nothing under way, but its drain() did not end within drainTimeoutMs (${drainTimeoutMs} ms)`,
  );
}

/** @internal */
export function closeTimeout(closeTimeoutMs: number): GracefulShutdownError {
  return new GracefulShutdownError(
    'ERR_SHUTDOWN_CLOSE_TIMEOUT',
    `did not end within closeTimeoutMs (${closeTimeoutMs} ms): make it faster or raise closeTimeoutMs`,
  );
}
