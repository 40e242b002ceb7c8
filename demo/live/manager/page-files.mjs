import { readdirSync, readFileSync } from 'node:fs';
import { extname, join } from 'node:path';

const folder = join(import.meta.dirname, '..', 'page');
const types = {
  '.html': 'text/html; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.mjs': 'text/javascript; charset=utf-8',
  '.svg': 'image/svg+xml',
};

/** The files of the page, by path. Nothing else can be asked for. */
const names = new Map(
  readdirSync(folder).map((name) => [name === 'index.html' ? '/' : `/${name}`, name]),
);

/** @returns undefined where there is no such file */
export function pageFile(path) {
  const name = names.get(path);
  if (name === undefined) return undefined;
  // Read anew each time, so that a change shows on reload.
  return { type: types[extname(name)], body: readFileSync(join(folder, name)) };
}
