import { GracefulShutdownError } from '../shutdown/graceful-shutdown.error.js';
import type { ShutdownState } from '../shutdown/shutdown-state.js';

/** @internal */
export function notListening(): GracefulShutdownError {
  return new GracefulShutdownError(
    'ERR_SHUTDOWN_TEST_NOT_LISTENING',
    'This application has no URL, because it has no HTTP server: ' +
      'start it with ShutdownTest.start(), not with startContext()',
  );
}

/** @internal */
export function signalNotHandled(
  signal: string,
  handled: readonly string[],
): GracefulShutdownError {
  return new GracefulShutdownError(
    'ERR_SHUTDOWN_TEST_SIGNAL_NOT_HANDLED',
    `The application does not listen to ${signal}, but to ${handled.join(', ') || 'no signal'}: ` +
      'send another one, or add it to the option `signals`',
  );
}

/** @internal */
export function stateNotReached(
  wanted: ShutdownState,
  actual: ShutdownState,
  why: string,
): GracefulShutdownError {
  return new GracefulShutdownError(
    'ERR_SHUTDOWN_TEST_STATE_NOT_REACHED',
    `The application did not enter '${wanted}', it is '${actual}': ${why}`,
  );
}

/** @internal */
export function notInFlight(wanted: number, actual: number): GracefulShutdownError {
  return new GracefulShutdownError(
    'ERR_SHUTDOWN_TEST_NOT_IN_FLIGHT',
    `${actual} in flight, not ${wanted}: start the requests first, without awaiting their ` +
      'responses, and let their handlers await something that the test resolves',
  );
}

/** @param unfinished - the names of what has not ended @internal */
export function stuck(unfinished: readonly string[]): GracefulShutdownError {
  return new GracefulShutdownError(
    'ERR_SHUTDOWN_TEST_STUCK',
    `The shutdown did not end, because of ${unfinished.join(', ')}: ` +
      'let it end, or raise patienceMs if it takes longer in real time',
  );
}
