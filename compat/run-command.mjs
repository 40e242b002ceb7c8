import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';

import { readTests } from './read-tests.mjs';

const preload = join(import.meta.dirname, 'preload.cjs');
const OUTPUT_END = 2000;

/** One run of the command, in a process group of its own, so that nothing of it is left. */
export async function runCommand({ folder, command, timeoutMs, installed }, isWith) {
  const file = join(installed.path, 'root-modules');
  rmSync(file, { force: true });
  const begin = performance.now();
  const child = spawn(command[0], command.slice(1), {
    cwd: folder,
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      ...process.env,
      NO_COLOR: '1',
      NODE_OPTIONS: `${process.env.NODE_OPTIONS ?? ''} --require ${JSON.stringify(preload)}`,
      COMPAT_FOLDER: folder,
      COMPAT_ENTRY: installed.entry,
      COMPAT_FILE: file,
      COMPAT_PRELOAD: preload,
      COMPAT_WITH: isWith ? '1' : '0',
    },
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text) => (output += text));
  }
  let isHung = false;
  const timer = setTimeout(() => {
    isHung = true;
    if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL');
  }, timeoutMs);
  const [code, signal] = await once(child, 'close');
  clearTimeout(timer);
  return {
    code: signal ?? code,
    isHung,
    ms: Math.round(performance.now() - begin),
    rootModules: existsSync(file) ? statSync(file).size : 0,
    tests: readTests(output),
    outputEnd: output.slice(-OUTPUT_END),
  };
}
