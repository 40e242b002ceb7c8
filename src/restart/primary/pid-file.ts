import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';

import { GracefulShutdownError } from '../../shutdown/graceful-shutdown.error.js';
import { messageOf } from '../../shutdown/plain-text.js';

/**
 * The file with the PID to signal. It is written to a temporary file and renamed, so that nobody
 * reads half of it.
 *
 * @internal
 */
export class PidFile {
  readonly #draft: string;

  constructor(private readonly path: string) {
    this.#draft = `${path}.${process.pid}`;
  }

  /**
   * Writes the temporary file, so that a service without access to the path does not start.
   *
   * @throws GracefulShutdownError `ERR_RESTART_PID_FILE`
   */
  prepare(): void {
    try {
      // Left by a process with the same PID, or planted as a link.
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

  /** Removes it, unless another process has replaced it. */
  remove(): void {
    rmSync(this.#draft, { force: true });
    try {
      if (readFileSync(this.path, 'utf8').trim() !== String(process.pid)) return;
      rmSync(this.path);
    } catch {
      // It has been removed already.
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
