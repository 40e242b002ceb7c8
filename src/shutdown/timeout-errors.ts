import { GracefulShutdownError } from './graceful-shutdown.error.js';

/** @internal */
export function drainTimeout(drainTimeoutMs: number): GracefulShutdownError {
  return new GracefulShutdownError(
    'ERR_SHUTDOWN_DRAIN_TIMEOUT',
    `has no work in flight, but its drain() did not finish within drainTimeoutMs (${drainTimeoutMs} ms)`,
  );
}

/** @param tookMs - how long the wait took @internal */
export function closeTimeout(tookMs: number, closeTimeoutMs: number): GracefulShutdownError {
  return new GracefulShutdownError(
    'ERR_SHUTDOWN_CLOSE_TIMEOUT',
    `did not finish within ${Math.round(tookMs)} ms, the time left for closing (closeTimeoutMs is ` +
      `${closeTimeoutMs}): make it faster or raise closeTimeoutMs`,
  );
}
