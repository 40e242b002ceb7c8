// What has been measured, as JSON: one file a mode, replaced by the next run of that mode only.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import * as prettier from 'prettier';

import { machine } from './machine.mjs';
import { isQuick } from './sizes.mjs';

const bench = join(import.meta.dirname, '..');
/** A quick run replaces nothing that is committed. */
const root = isQuick ? join(bench, '.out') : join(bench, '..');
const resultsFolder = isQuick ? join(root, 'results') : join(bench, 'results');

/** Undefined where it has not been measured. */
export function loadResult(mode) {
  try {
    return JSON.parse(readFileSync(join(resultsFolder, `${mode}.json`), 'utf8'));
  } catch (error) {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  }
}

/**
 * @param rows - what was measured, one object a row
 * @param load - the load average before the start
 * @param others - what share of the machine others used meanwhile
 */
export async function saveResult(mode, { rows, tookSeconds, load, others }) {
  if (rows === undefined) throw new Error(`${mode} has measured nothing`);
  const date = new Date().toISOString().slice(0, 10);
  const took = Math.round(tookSeconds);
  const result = { mode, date, tookSeconds: took, machine: machine(), load, others, rows };
  const json = JSON.stringify(result, (_, value) => rounded(value));
  await write(join(resultsFolder, `${mode}.json`), json);
}

/** Of the documentation. @param path - below docs */
export async function saveDocument(path, text) {
  return write(join(root, 'docs', path), text);
}

async function write(path, text) {
  mkdirSync(join(path, '..'), { recursive: true });
  writeFileSync(path, await formatted(path, text));
  return path;
}

/** As the formatter of the repository would have it. */
async function formatted(path, text) {
  const { inferredParser } = await prettier.getFileInfo(path, { withNodeModules: true });
  if (inferredParser === null) return text;
  const options = await prettier.resolveConfig(join(bench, 'bench.mjs'));
  return prettier.format(text, { ...options, parser: inferredParser });
}

/** More digits than four say nothing of what was measured. */
function rounded(value) {
  return typeof value === 'number' && !Number.isInteger(value)
    ? Number(value.toPrecision(4))
    : value;
}
