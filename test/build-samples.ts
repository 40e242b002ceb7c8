import { execFileSync } from 'node:child_process';
import { join } from 'node:path';

/** Builds the package and the samples before the tests that run them, if a source is newer. */
export default function setup(): void {
  const build = join(import.meta.dirname, '..', 'sample', 'build.mjs');
  execFileSync(process.execPath, [build], { stdio: 'inherit' });
}
