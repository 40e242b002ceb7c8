import { GracefulShutdownError } from '../shutdown/graceful-shutdown.error.js';

/** @internal */
export function invalidListenVariable(
  name: string,
  value: string,
  wanted: string,
): GracefulShutdownError {
  return new GracefulShutdownError(
    'ERR_SUPERVISOR_INVALID_LISTEN_VARIABLE',
    `The environment variable ${name}=${value} is not ${wanted}. The service manager that passes ` +
      'sockets sets it; where none does, unset it.',
  );
}
