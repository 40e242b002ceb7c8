/** The logger of the primary. @publicApi */
export interface RestartLog {
  /** Logs normal events. */
  log(message: string): void;
  /** Logs something that needs attention. */
  warn(message: string): void;
  /** Logs a failure. */
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
