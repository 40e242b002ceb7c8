import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

import { format, resolveConfig } from 'prettier';

import { ADAPTERS } from '../options.mjs';
import { files } from '../solutions/index.mjs';
import { comparison } from './markdown.mjs';
import { matrix } from './svg.mjs';

const root = join(import.meta.dirname, '..', '..', '..');
const stored = join(root, 'bench', 'results', 'peers.json');
const page = join(root, 'docs', 'comparison.md');

/**
 * All rounds that have been measured. Each names the run that it belongs to, which has its date, its
 * machine and the load on it, and the version of its solution.
 */
export class Results {
  runs = [];
  adapters = {};

  /** Those of earlier runs. */
  static read() {
    const kept = existsSync(stored) ? JSON.parse(readFileSync(stored, 'utf8')) : {};
    return Object.assign(new Results(), kept);
  }

  begin(run) {
    this.runs.push(run);
  }

  /** What was measured of another version of a solution says nothing of this one, and is dropped. */
  setSolutions(adapter, solutions) {
    const of = (this.adapters[adapter] ??= { solutions: [], cells: [] });
    const others = of.solutions.filter((one) => !solutions.some((two) => one.file === two.file));
    of.solutions = [...solutions, ...others].toSorted((a, b) => placeOf(a) - placeOf(b));
    for (const cell of of.cells) {
      const { version } = of.solutions.find((solution) => solution.file === cell.solution);
      cell.rounds = cell.rounds.filter((round) => round.version === version);
    }
    of.cells = of.cells.filter(({ rounds }) => rounds.length > 0);
  }

  rounds(adapter, scenario, solution) {
    const isIt = (cell) => cell.scenario === scenario && cell.solution === solution;
    return this.adapters[adapter].cells.find(isIt)?.rounds ?? [];
  }

  add(adapter, scenario, { file: solution, version }, round) {
    const of = { run: this.runs.length - 1, version, ...round };
    const rounds = this.rounds(adapter, scenario, solution);
    rounds.push(of);
    if (rounds.length === 1) this.adapters[adapter].cells.push({ scenario, solution, rounds });
  }

  save() {
    return write(stored, JSON.stringify(this));
  }
}

/** The page and its pictures, as far as there are results. */
export async function draw({ runs, adapters }) {
  const drawn = ADAPTERS.filter((adapter) => adapters[adapter]?.cells.length > 0).map(
    (adapter) => ({ adapter, runs, ...adapters[adapter] }),
  );
  if (drawn.length === 0) return;
  for (const one of drawn) await write(picture(one), matrix(one));
  await write(page, comparison(drawn));
}

/** In the report. */
function placeOf({ file }) {
  return files.indexOf(file);
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
