/**
 * Where the primary writes what happens.
 *
 * @publicApi
 */
export interface RestartLog {
  /** The course of things. */
  log(message: string): void;
  /** What somebody should look at. */
  warn(message: string): void;
  /** What has failed. */
  error(message: string): void;
}

/** Standard output and, for trouble, standard error. @internal */
export const consoleLog: RestartLog = {
  log: (message) => console.log(line('LOG', message)),
  warn: (message) => console.error(line('WARN', message)),
  error: (message) => console.error(line('ERROR', message)),
};

function line(level: string, message: string): string {
  return `[nestjs-drain] ${process.pid}  - ${new Date().toISOString()} ${level.padStart(5)} ${message}`;
}
