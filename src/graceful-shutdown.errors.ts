import { GracefulShutdownError } from './shutdown/graceful-shutdown.error.js';
import { messageOf } from './shutdown/plain-text.js';

/** @internal */
export function invalidOptions(
  problems: readonly string[],
  module = 'GracefulShutdownModule',
): GracefulShutdownError {
  return new GracefulShutdownError(
    'ERR_SHUTDOWN_INVALID_OPTIONS',
    `${module} has invalid options: ${problems.join('; ')}`,
  );
}

/** @internal */
export function missingOptions(given: unknown): GracefulShutdownError {
  return new GracefulShutdownError(
    'ERR_SHUTDOWN_MISSING_OPTIONS',
    `GracefulShutdownModule got ${named(given)} as its options: ` +
      'pass an object, {} for the defaults; with forRootAsync(), return one from the factory',
  );
}

function named(given: unknown): string {
  if (Array.isArray(given)) return 'an array';
  return given instanceof Promise ? 'a promise' : String(given);
}

/** @internal */
export function missingFactory(): GracefulShutdownError {
  return new GracefulShutdownError(
    'ERR_SHUTDOWN_MISSING_OPTIONS',
    'GracefulShutdownModule.forRootAsync() got none of useFactory, useClass and useExisting: ' +
      'pass one of them, or use forRoot()',
  );
}

/** @internal */
export function importedTwice(): GracefulShutdownError {
  return new GracefulShutdownError(
    'ERR_SHUTDOWN_IMPORTED_TWICE',
    'GracefulShutdownModule is imported twice, with different options: ' +
      'import it once, in the root module; it is global',
  );
}

/** @param where - the port or the file @internal */
export function cannotProbe(where: string, cause: unknown): GracefulShutdownError {
  return new GracefulShutdownError(
    'ERR_SHUTDOWN_PROBES',
    `Probes cannot use the ${where}: ${messageOf(cause)}. Choose another one in the option probes`,
    { cause },
  );
}

/** @internal */
export function notHttp(): GracefulShutdownError {
  return new GracefulShutdownError(
    'ERR_SHUTDOWN_NOT_HTTP',
    'addServer() got something that is not a node:http, node:https or node:http2 server: ' +
      'pass the server itself; drain other kinds of servers with addParticipant()',
  );
}

/** @param seeker - the name of what looked for it @internal */
export function notImported(seeker: string, options?: ErrorOptions): GracefulShutdownError {
  return new GracefulShutdownError(
    'ERR_SHUTDOWN_NOT_IMPORTED',
    `${seeker} found no GracefulShutdownModule in this application: ` +
      'add GracefulShutdownModule.forRoot() to the imports of its root module',
    options,
  );
}
