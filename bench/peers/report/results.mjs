import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

import { format, resolveConfig } from 'prettier';

import { comparison } from './markdown.mjs';
import { matrix } from './svg.mjs';

const root = join(import.meta.dirname, '..', '..', '..');
const results = join(root, 'bench', 'results', 'peers.json');
const page = join(root, 'docs', 'comparison.md');
const ADAPTERS = ['express', 'fastify'];

/** Keeps a run beside that of the other adapter, and draws both anew. */
export async function keep(run) {
  const runs = { ...readRuns(), [run.adapter]: run };
  await write(results, JSON.stringify(runs));
  await draw(runs);
}

export function readRuns() {
  return existsSync(results) ? JSON.parse(readFileSync(results, 'utf8')) : {};
}

export async function draw(runs) {
  const drawn = ADAPTERS.flatMap((adapter) => runs[adapter] ?? []);
  for (const run of drawn) await write(picture(run), matrix(run));
  await write(page, comparison(drawn));
}

function picture({ adapter }) {
  const name = adapter === 'express' ? 'comparison' : `comparison-${adapter}`;
  return join(root, 'docs', 'images', `${name}.svg`);
}

/** As the repository has its files: what prettier knows, it formats. */
async function write(path, text) {
  mkdirSync(dirname(path), { recursive: true });
  const options = { ...(await resolveConfig(path)), filepath: path };
  writeFileSync(path, path.endsWith('.svg') ? text : await format(text, options));
}
