import { GracefulShutdownError } from '../../shutdown/graceful-shutdown.error.js';

/** @internal */
export function notStarted(why: string, output: string): GracefulShutdownError {
  const tail = output === '' ? 'It printed nothing.' : `The end of its output:\n${output}`;
  return new GracefulShutdownError(
    'ERR_REHEARSE_NOT_STARTED',
    `the service cannot be rehearsed: ${why}. ${tail}`,
  );
}

/** @internal */
export function onlyErrors(answers: readonly string[]): GracefulShutdownError {
  return new GracefulShutdownError(
    'ERR_REHEARSE_ONLY_ERRORS',
    'the service answers with errors before the signal, so its shutdown cannot be judged:' +
      answers.map((answer) => `\n  - ${answer}`).join(''),
  );
}

/** @internal */
export function interrupted(): GracefulShutdownError {
  return new GracefulShutdownError(
    'ERR_REHEARSE_INTERRUPTED',
    'interrupted: the service and its child processes were stopped',
  );
}
