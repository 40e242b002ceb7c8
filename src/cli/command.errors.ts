import { GracefulShutdownError } from '../shutdown/graceful-shutdown.error.js';
import { messageOf } from '../shutdown/plain-text.js';

/** @internal */
export function wrongUsage(problems: readonly string[]): GracefulShutdownError {
  const list =
    problems.length === 1 ? ` ${problems[0]}` : problems.map((p) => `\n  - ${p}`).join('');
  return new GracefulShutdownError(
    'ERR_RESTART_USAGE',
    `wrong usage:${list}\nSee nestjs-drain --help`,
  );
}

/** @internal */
export function unsupportedPlatform(platform: NodeJS.Platform): GracefulShutdownError {
  return new GracefulShutdownError(
    'ERR_RESTART_UNSUPPORTED_PLATFORM',
    `graceful restart needs Unix signals and sockets, which ${platform} does not have: ` +
      'start the application with node; the module drains it there too',
  );
}

/** @internal */
export function hooksNotLoaded(file: string, cause: unknown): GracefulShutdownError {
  return new GracefulShutdownError(
    'ERR_RESTART_HOOKS',
    `the hooks in ${file} cannot be loaded: ${messageOf(cause)}`,
    { cause },
  );
}

/** @internal */
export function wrongHooks(file: string, problem: string): GracefulShutdownError {
  return new GracefulShutdownError('ERR_RESTART_HOOKS', `the hooks in ${file}: ${problem}`);
}

/** @internal */
export function unsafeFolder(folder: string, problem: string): GracefulShutdownError {
  return new GracefulShutdownError(
    'ERR_RESTART_UNSAFE_FOLDER',
    `${folder} ${problem}, so others could command the service: remove it, or use --control`,
  );
}

/** @internal */
export function controlPathTooLong(path: string, longest: number): GracefulShutdownError {
  return new GracefulShutdownError(
    'ERR_RESTART_CONTROL_PATH',
    `${path} is too long for a Unix socket: use --control with a path of at most ${longest} bytes`,
  );
}

/** @internal */
export function controlPathTaken(path: string): GracefulShutdownError {
  return new GracefulShutdownError(
    'ERR_RESTART_CONTROL_PATH',
    `${path} is in use by another service, or is not a socket: use --control with another path`,
  );
}

/** @internal */
export function notRunning(why: string, cause?: unknown): GracefulShutdownError {
  return new GracefulShutdownError('ERR_RESTART_NOT_RUNNING', why, { cause });
}

/** @internal */
export function severalServices(pids: readonly number[]): GracefulShutdownError {
  return new GracefulShutdownError(
    'ERR_RESTART_SEVERAL_SERVICES',
    `several services are running, PIDs ${pids.join(', ')}: choose one with --pid`,
  );
}

/** @internal */
export function serviceGone(cause: unknown): GracefulShutdownError {
  return new GracefulShutdownError(
    'ERR_RESTART_SERVICE_GONE',
    'the service ended before it answered',
    { cause },
  );
}

/** @internal */
export function noAnswer(ms: number): GracefulShutdownError {
  return new GracefulShutdownError(
    'ERR_RESTART_NO_ANSWER',
    `the service is running, but did not answer within ${ms} ms: check whether the machine is overloaded`,
  );
}

/** @internal */
export function refused(status: number, body: unknown): GracefulShutdownError {
  const { error } = (body ?? {}) as { error?: unknown };
  return new GracefulShutdownError(
    'ERR_RESTART_REFUSED',
    `the service answered with ${status}: ${typeof error === 'string' ? error : 'no reason given'}`,
  );
}

/** @internal */
export function tooLarge(source: string, mostBytes: number): GracefulShutdownError {
  return new GracefulShutdownError(
    'ERR_SHUTDOWN_REPORT_TOO_LARGE',
    `${source} is larger than ${mostBytes} bytes: pass only its end, ` +
      'for example tail -n 10000 app.log | nestjs-drain report -',
  );
}

/** @internal */
export function notWritten(file: string, cause: unknown): GracefulShutdownError {
  return new GracefulShutdownError(
    'ERR_SHUTDOWN_REPORT_NOT_WRITTEN',
    `${file} cannot be written: ${(cause as Error).message}`,
    { cause },
  );
}
