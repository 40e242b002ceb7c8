import { readFileSync } from 'node:fs';
import { parseEnv } from 'node:util';

import { NOTIFY_VARIABLE } from '../../supervisors/systemd-notifier.js';

/**
 * The variables that systemd sets for this process. Those of the inherited sockets are already
 * removed.
 */
const NOT_FOR_WORKERS = [NOTIFY_VARIABLE, 'WATCHDOG_PID', 'WATCHDOG_USEC'];
const ENV_FILE = /^--env-file(?:-if-exists)?(?:=(.*))?$/;

/**
 * The environment of a worker: that of this process without the values that Node read from
 * `--env-file`. A worker has the same option and reads the files anew, but existing variables would
 * win over them.
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

  /** The current environment: changes made by this process are for its workers, too. */
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
    // The file is optional, or was removed since.
    return {};
  }
}

/** The environment at the start, which wins over the files: environ(7). */
function namesAtStart(): ReadonlySet<string> | undefined {
  try {
    const entries = readFileSync('/proc/self/environ', 'utf8').split('\0');
    return new Set(entries.map((entry) => entry.slice(0, entry.indexOf('='))));
  } catch {
    // Only Linux tells.
    return undefined;
  }
}
