import { accessSync, constants, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

/**
 * A file that exists while the process is ready, for probes that run a command in the container:
 * `test -f FILE`. It contains the process id, so that no process removes the file of another one.
 *
 * @internal
 */
export class ReadinessFile {
  readonly #draft: string;

  constructor(
    private readonly path: string,
    private readonly pid = process.pid,
  ) {
    this.#draft = `${path}.${pid}`;
  }

  /** Fails early if it could not be written later. */
  check(): void {
    accessSync(dirname(this.path), constants.W_OK);
  }

  /** Removes the file of a killed process. */
  removeStale(): void {
    rmSync(this.path, { force: true });
  }

  /** Written in one step, so that a prober never reads half of it. */
  write(): void {
    rmSync(this.#draft, { force: true });
    // A planted link is not followed.
    writeFileSync(this.#draft, `${this.pid}\n`, { flag: 'wx', mode: 0o644 });
    renameSync(this.#draft, this.path);
  }

  remove(): void {
    if (this.#isOwn()) rmSync(this.path, { force: true });
  }

  #isOwn(): boolean {
    try {
      return readFileSync(this.path, 'utf8').trim() === String(this.pid);
    } catch {
      return false;
    }
  }
}
