import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { root } from './pages.js';

const tsc = createRequire(import.meta.url).resolve('typescript/bin/tsc');

export const COMPILE_MS = 300_000;

/** What the pages use of packages that are not installed here. */
const STAND_INS = `
declare module '@sentry/nestjs' {
  export function flush(timeoutMs?: number): Promise<boolean>;
}
`;

/**
 * Compiles pieces of TypeScript, each by itself, as strictly as the package.
 *
 * @param pieces - by the name of a file
 * @returns what the compiler says; nothing where all is well
 */
export async function compile(pieces: ReadonlyMap<string, string>): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'nestjs-drain-examples-'));
  try {
    for (const [name, code] of pieces) writeFileSync(join(folder, name), code);
    writeFileSync(join(folder, 'stand-ins.d.ts'), STAND_INS);
    symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'));
    writeFileSync(join(folder, 'package.json'), '{ "type": "module" }');
    const config = {
      extends: join(root, 'tsconfig.json'),
      compilerOptions: { moduleDetection: 'force' },
      include: ['*.ts'],
      exclude: [],
    };
    writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(config));
    const { stdout } = await promisify(execFile)(process.execPath, [tsc, '-p', '.'], {
      cwd: folder,
    }).catch((error: unknown) => error as { stdout: string });
    return stdout;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
