// Builds the package and the samples, if a source is newer than the last build of both.
// The samples import the package by its own name, so they run against `dist`, as users do.
import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(import.meta.dirname, '..');
const command = join(root, 'dist', 'cli', 'command.js');
const out = join(import.meta.dirname, '.out');
/** Its time is when the last build that went well began: what is newer is not in it. */
const stamp = join(out, 'built');

/** @returns the names of the samples */
export function samples() {
  return readdirSync(import.meta.dirname).filter((name) => /^\d\d-/.test(name));
}

/** Throws if the build fails; the compilers have written why. */
export function buildSamples() {
  if (isUpToDate()) return;
  mkdirSync(out, { recursive: true });
  const begin = new Date();
  const resolve = createRequire(import.meta.url).resolve;
  run(join(resolve('@nestjs/cli/package.json'), '../bin/nest.js'), 'build');
  run(resolve('rollup/dist/bin/rollup'), '--config', '--silent');
  // As npm does where it installs the package; here `npx nestjs-drain` runs the file itself.
  chmodSync(command, 0o755);
  run(resolve('typescript/bin/tsc'), '-p', import.meta.dirname);
  writeFileSync(stamp, '');
  utimesSync(stamp, begin, begin);
}

function run(script, ...args) {
  execFileSync(process.execPath, [script, ...args], { cwd: root, stdio: 'inherit' });
}

function isUpToDate() {
  if (!existsSync(stamp) || !existsSync(join(root, 'dist', 'index.js'))) return false;
  const builtAt = statSync(stamp).mtimeMs;
  const settings = [
    'package.json',
    'nest-cli.json',
    'rollup.config.mjs',
    'tsconfig.json',
    'tsconfig.build.json',
  ];
  const folders = ['src', ...samples().map((name) => join('sample', name))];
  return [...settings, join('sample', 'tsconfig.json'), ...folders.flatMap(tree)].every(
    (path) => statSync(join(root, path)).mtimeMs < builtAt,
  );
}

/** A folder and all in it; a file that was deleted shows in the time of its folder. */
function tree(folder) {
  const entries = readdirSync(join(root, folder), { recursive: true });
  return [folder, ...entries.map((entry) => join(folder, entry))];
}

if (process.argv[1] === fileURLToPath(import.meta.url)) buildSamples();
