import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';

/**
 * Tells others the process to signal. Nobody ever reads half of it: it is written beside its place
 * and moved there.
 *
 * @internal
 */
export class PidFile {
  constructor(private readonly path: string) {}

  write(): void {
    const draft = `${this.path}.${process.pid}`;
    try {
      writeFileSync(draft, `${process.pid}\n`, { mode: 0o644 });
      renameSync(draft, this.path);
    } catch (error) {
      rmSync(draft, { force: true });
      throw error;
    }
  }

  /** Leaves alone the one that another process has put there since. */
  remove(): void {
    try {
      if (readFileSync(this.path, 'utf8').trim() !== String(process.pid)) return;
      rmSync(this.path);
    } catch {
      // Somebody has removed it.
    }
  }
}
