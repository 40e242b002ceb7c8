import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';

import { GracefulShutdownError } from '../../shutdown/graceful-shutdown.error.js';
import { messageOf } from '../../shutdown/plain-text.js';

/**
 * Tells others the process to signal. Nobody ever reads half of it: it is written beside its place
 * and moved there.
 *
 * @internal
 */
export class PidFile {
  readonly #draft: string;

  constructor(private readonly path: string) {
    this.#draft = `${path}.${process.pid}`;
  }

  /**
   * Writes it beside its place, so that a service that cannot have one does not start.
   *
   * @throws GracefulShutdownError `ERR_RESTART_PID_FILE`
   */
  prepare(): void {
    try {
      // Left by a process with the same PID; or by somebody who wants a link to be written to.
      rmSync(this.#draft, { force: true });
      writeFileSync(this.#draft, `${process.pid}\n`, { mode: 0o644, flag: 'wx' });
    } catch (error) {
      throw this.#failed(error);
    }
  }

  /** @throws GracefulShutdownError `ERR_RESTART_PID_FILE` */
  publish(): void {
    try {
      renameSync(this.#draft, this.path);
    } catch (error) {
      throw this.#failed(error);
    }
  }

  /** Leaves alone the one that another process has put there since. */
  remove(): void {
    rmSync(this.#draft, { force: true });
    try {
      if (readFileSync(this.path, 'utf8').trim() !== String(process.pid)) return;
      rmSync(this.path);
    } catch {
      // Somebody has removed it.
    }
  }

  #failed(cause: unknown): GracefulShutdownError {
    return new GracefulShutdownError(
      'ERR_RESTART_PID_FILE',
      `The PID file ${this.path} could not be written: ${messageOf(cause)}. Name a file in a folder ` +
        'that exists and that the user of the service can write to',
      { cause },
    );
  }
}
