import { accessSync, constants, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

/**
 * A file that is there while the process is ready, for probes that run a command in the container:
 * `test -f FILE`. It holds the process id, so that no process removes what another one has written.
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

  /** Throws where it could not be written later. */
  check(): void {
    accessSync(dirname(this.path), constants.W_OK);
  }

  /** What a process has left that was killed. */
  removeStale(): void {
    rmSync(this.path, { force: true });
  }

  /** Appears whole: a prober never reads half of it. */
  write(): void {
    rmSync(this.#draft, { force: true });
    // A link that somebody has planted is not followed.
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
