import { execFileSync } from 'node:child_process';
import { cpSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';

const here = import.meta.dirname;

/** Compiles the fixture programs once, for each Nest major the tests start as child processes. */
export default function setup(): void {
  const tsc = createRequire(import.meta.url).resolve('typescript/bin/tsc');
  rmSync(join(here, '.out'), { recursive: true, force: true });
  execFileSync(process.execPath, [tsc, '-p', join(here, 'tsconfig.fixtures.json')], {
    stdio: 'inherit',
  });
  const nest11 = join(here, 'nest-11', '.out');
  rmSync(nest11, { recursive: true, force: true });
  cpSync(join(here, '.out'), nest11, { recursive: true });
}
