import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  realpathSync,
  rmSync,
  symlinkSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

const root = join(import.meta.dirname, '..');

/**
 * The built package in a folder of its own, beside links to what the application has: so it finds the
 * application's Nest, and only that.
 */
export function makePackage(folder) {
  if (!existsSync(join(root, 'dist', 'index.js'))) throw new Error('Run npm run build first');
  const theirs = modulesOf(folder);
  const own = mkdtempSync(join(tmpdir(), 'nestjs-drain-compat-'));
  const modules = join(own, 'node_modules');
  linkAll(theirs, modules);
  const drain = join(modules, 'nestjs-drain');
  rmSync(drain, { recursive: true, force: true });
  for (const name of ['dist', 'package.json']) {
    cpSync(join(root, name), join(drain, name), { recursive: true });
  }
  addTerminus(theirs, modules);
  return {
    path: own,
    entry: join(drain, 'dist', 'index.js'),
    remove: () => rmSync(own, { recursive: true }),
  };
}

/** Where the application's Nest is installed, in its folder or in one above. */
function modulesOf(folder) {
  const require = createRequire(join(folder, 'package.json'));
  const found = require.resolve
    .paths('@nestjs/core')
    .find((modules) => existsSync(join(modules, '@nestjs', 'core')));
  if (found === undefined) throw new Error(`${folder} has no @nestjs/core: install it first`);
  return found;
}

function linkAll(from, to) {
  mkdirSync(to, { recursive: true });
  for (const name of readdirSync(from)) {
    const source = join(from, name);
    // A link may lead nowhere.
    if (name.startsWith('.') || !existsSync(source)) continue;
    if (name.startsWith('@')) linkAll(source, join(to, name));
    else symlinkSync(realpathSync(source), join(to, name));
  }
}

/** An application without terminus gets that of our tests, for its version of Nest. */
function addTerminus(theirs, modules) {
  const target = join(modules, '@nestjs', 'terminus');
  if (existsSync(target)) return;
  const { version } = createRequire(import.meta.url)(
    join(theirs, '@nestjs', 'core', 'package.json'),
  );
  const ours = join(root, version.startsWith('11.') ? 'test/nest-11' : '.', 'node_modules');
  const source = realpathSync(join(ours, '@nestjs', 'terminus'));
  // A copy, so that it meets the application's Nest, too.
  cpSync(source, target, { recursive: true });
  const { dependencies = {} } = createRequire(import.meta.url)(join(source, 'package.json'));
  for (const name of Object.keys(dependencies)) {
    const from = [ours, join(root, 'node_modules')]
      .map((folder) => join(folder, name))
      .find(existsSync);
    const link = join(modules, name);
    if (from === undefined || existsSync(link)) continue;
    mkdirSync(dirname(link), { recursive: true });
    symlinkSync(realpathSync(from), link);
  }
}
