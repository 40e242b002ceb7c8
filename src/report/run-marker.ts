import { readFileSync, rmSync, writeFileSync } from 'node:fs';

import type { ShutdownState } from '../shutdown/shutdown-state.js';

/** A run that did not end by its shutdown: it was killed, it crashed, or something called `exit()`. @internal */
export interface UncleanRun {
  readonly pid: number;
  readonly startedAt: string;
  /** How far it had come. */
  readonly state: ShutdownState;
}

/**
 * A file that is there while the application runs. One that is found at the start tells of a run that
 * nobody could report on (OpenShift's API server does the same).
 *
 * @internal
 */
export class RunMarker {
  readonly #startedAt = new Date().toISOString();

  constructor(readonly path: string) {}

  /** @returns the run that left it behind; undefined if there is none, or if it still runs */
  begin(): UncleanRun | undefined {
    const found = this.#read();
    this.write('running');
    return found !== undefined && isOver(found) ? found : undefined;
  }

  /** Says how far this run is. */
  write(state: ShutdownState): void {
    const run: UncleanRun = { pid: process.pid, startedAt: this.#startedAt, state };
    writeFileSync(this.path, JSON.stringify(run));
  }

  remove(): void {
    rmSync(this.path, { force: true });
  }

  #read(): UncleanRun | undefined {
    try {
      const found = JSON.parse(readFileSync(this.path, 'utf8')) as UncleanRun | null;
      return Number.isInteger(found?.pid) ? found! : undefined;
    } catch {
      return undefined;
    }
  }
}

/** In a container, the run before had the same process id. */
function isOver({ pid }: UncleanRun): boolean {
  if (pid === process.pid) return true;
  try {
    process.kill(pid, 0);
    return false;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ESRCH';
  }
}
