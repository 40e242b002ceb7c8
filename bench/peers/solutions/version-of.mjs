import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';

const require = createRequire(import.meta.url);

/** Of an installed package; read from the file, as not every package exports its package.json. */
export function versionOf(name) {
  const file = require.resolve
    .paths(name)
    .map((folder) => join(folder, name, 'package.json'))
    .find((path) => existsSync(path));
  if (file === undefined) throw new Error(`${name} is not installed: npm ci --prefix bench`);
  return JSON.parse(readFileSync(file, 'utf8')).version;
}
