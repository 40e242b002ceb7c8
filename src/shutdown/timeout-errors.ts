import { GracefulShutdownError } from './graceful-shutdown.error.js';

/** @internal */
export function drainTimeout(drainTimeoutMs: number): GracefulShutdownError {
  return new GracefulShutdownError(
    'ERR_SHUTDOWN_DRAIN_TIMEOUT',
    `has nothing under way, but its drain() did not end within drainTimeoutMs (${drainTimeoutMs} ms)`,
  );
}

/** @param tookMs - how long it was waited for @internal */
export function closeTimeout(tookMs: number, closeTimeoutMs: number): GracefulShutdownError {
  return new GracefulShutdownError(
    'ERR_SHUTDOWN_CLOSE_TIMEOUT',
    `did not end within ${Math.round(tookMs)} ms, all that was left for closing (closeTimeoutMs is ` +
      `${closeTimeoutMs}): make it faster or raise closeTimeoutMs`,
  );
}
