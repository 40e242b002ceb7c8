import { readFileSync } from 'node:fs';
import { parseEnv } from 'node:util';

import { NOTIFY_VARIABLE } from '../../supervisors/systemd-notifier.js';

/** What systemd tells this process; the inherited sockets have been taken out already. */
const NOT_FOR_WORKERS = [NOTIFY_VARIABLE, 'WATCHDOG_PID', 'WATCHDOG_USEC'];
const ENV_FILE = /^--env-file(?:-if-exists)?(?:=(.*))?$/;

/**
 * The environment of a worker: that of this process, without what Node has read from the files of
 * `--env-file`. A worker has the same option and reads the files anew, as a fresh `node` would; what
 * it finds in its environment already would win.
 *
 * @internal
 */
export class WorkerEnvironment {
  readonly #fromFiles: ReadonlyMap<string, string>;

  constructor(
    execArgv: readonly string[] = process.execArgv,
    private readonly env: NodeJS.ProcessEnv = process.env,
    given: ReadonlySet<string> | undefined = namesAtStart(),
  ) {
    const read = envFiles(execArgv).flatMap((file) => Object.entries(contentOf(file)));
    this.#fromFiles = new Map(read.filter(([name]) => given?.has(name) !== true));
  }

  /** As it is now; a variable that this process has changed since is for its workers, too. */
  current(): NodeJS.ProcessEnv {
    const env = { ...this.env };
    for (const [name, value] of this.#fromFiles) if (env[name] === value) delete env[name];
    for (const name of NOT_FOR_WORKERS) delete env[name];
    return env;
  }
}

function envFiles(execArgv: readonly string[]): string[] {
  return execArgv.flatMap((option, i) => {
    const match = ENV_FILE.exec(option);
    if (match === null) return [];
    return match[1] ?? execArgv[i + 1] ?? [];
  });
}

function contentOf(file: string): Record<string, string> {
  try {
    return parseEnv(readFileSync(file, 'utf8')) as Record<string, string>;
  } catch {
    // Optional, or removed since.
    return {};
  }
}

/** A variable that was there before wins over the files: environ(7) as it was when this began. */
function namesAtStart(): ReadonlySet<string> | undefined {
  try {
    const entries = readFileSync('/proc/self/environ', 'utf8').split('\0');
    return new Set(entries.map((entry) => entry.slice(0, entry.indexOf('='))));
  } catch {
    // Only Linux tells.
    return undefined;
  }
}
