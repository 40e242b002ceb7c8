import {
  closeSync,
  constants,
  fstatSync,
  ftruncateSync,
  lstatSync,
  openSync,
  readSync,
  rmSync,
  writeSync,
} from 'node:fs';

import { SHUTDOWN_STATES, type ShutdownState } from '../shutdown/shutdown-state.js';

/** A run that did not end by its shutdown: it was killed, it crashed, or something called `exit()`. @internal */
export interface UncleanRun {
  readonly pid: number;
  readonly startedAt: string;
  /** The state that the run had reached. */
  readonly state: ShutdownState;
}

const LONGEST_BYTES = 1000;
const { O_RDONLY, O_WRONLY, O_CREAT } = constants;
/** Opening a FIFO does not block, and a link is not followed. Windows has neither. */
const SAFELY = (constants.O_NONBLOCK ?? 0) | (constants.O_NOFOLLOW ?? 0);

/**
 * A file that exists while the application runs. If one is found at the start, the last run was
 * killed before it could report (OpenShift's API server does the same).
 *
 * @internal
 */
export class RunMarker {
  readonly #startedAt = new Date().toISOString();

  constructor(readonly path: string) {}

  /** @returns the run that left the file behind; undefined if there is none, or if it still runs */
  begin(): UncleanRun | undefined {
    const found = this.#read();
    this.#write('running');
    return found !== undefined && isOver(found) ? found : undefined;
  }

  /**
   * Records the state of this run, unless another run has begun since, as in a graceful restart.
   */
  update(state: ShutdownState): void {
    if (this.#isOurs) this.#write(state);
  }

  #write(state: ShutdownState): void {
    const run: UncleanRun = { pid: process.pid, startedAt: this.#startedAt, state };
    withFile(this.path, O_WRONLY | O_CREAT, (fd) => {
      ftruncateSync(fd);
      writeSync(fd, JSON.stringify(run));
    });
  }

  remove(): void {
    if (!this.#isOurs) return;
    const found = lstatSync(this.path, { throwIfNoEntry: false });
    if (found?.isFile()) rmSync(this.path, { force: true });
  }

  /** Removes the file, unless another run has begun since. */
  get #isOurs(): boolean {
    const found = this.#read();
    return found === undefined || found.pid === process.pid;
  }

  #read(): UncleanRun | undefined {
    try {
      return withFile(this.path, O_RDONLY, (fd) => {
        const bytes = Buffer.alloc(LONGEST_BYTES);
        return runIn(bytes.toString('utf8', 0, readSync(fd, bytes)));
      });
    } catch {
      return undefined;
    }
  }
}

/** @throws where it is no regular file */
function withFile<T>(path: string, flags: number, use: (fd: number) => T): T {
  const fd = openSync(path, flags | SAFELY, 0o644);
  try {
    if (!fstatSync(fd).isFile()) throw new Error('it is not a regular file');
    return use(fd);
  } finally {
    closeSync(fd);
  }
}

/** Anybody may have written the file: only what a run would write is taken from it. */
function runIn(text: string): UncleanRun | undefined {
  const { pid, startedAt, state } = (JSON.parse(text) ?? {}) as Partial<UncleanRun>;
  const time = typeof startedAt === 'string' ? Date.parse(startedAt) : NaN;
  if (!Number.isSafeInteger(pid) || pid! <= 0 || Number.isNaN(time)) return undefined;
  if (state === undefined || !SHUTDOWN_STATES.includes(state)) return undefined;
  return { pid: pid!, startedAt: new Date(time).toISOString(), state };
}

/** In a container, the last run had the same process id. */
function isOver({ pid }: UncleanRun): boolean {
  if (pid === process.pid) return true;
  try {
    process.kill(pid, 0);
    return false;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ESRCH';
  }
}
