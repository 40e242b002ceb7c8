// `npm run bench:peers`: the same application and the same clients, with each solution that somebody
// would pick instead. Writes bench/results/peers.json, docs/comparison.md and its pictures.
//
// `--rounds N`: until each cell has N rounds. `--resume` counts those that bench/results/peers.json has,
// so that several nights add up; without it they are replaced. `--minutes N`: begins nothing that would
// not end by then. `--solution`, `--scenario` and `--adapter` choose, and can be repeated; a part is only
// printed, unless `--resume` adds it. `--parallel N`: how many solutions run beside each other where they
// mostly wait. `--draw` measures nothing: the page from the results that are there.
//
// Exits with 1 if nestjs-drain lost a request, where that need not be, or had to be killed.
import { KILL_AFTER_MS } from './budget.mjs';
import { readOptions } from './options.mjs';
import { nextRow } from './plan.mjs';
import { machine } from './report/machine.mjs';
import { printRow } from './report/print.mjs';
import { draw, Results } from './report/results.mjs';
import { OURS } from './report/summary.mjs';
import { measureRow } from './row.mjs';
import { chooseScenarios } from './scenarios/index.mjs';
import { loadSolutions } from './solutions/index.mjs';
import { versionOf } from './solutions/version-of.mjs';

// Its services leave with it, whatever they are stuck in.
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => process.exit(1));

const options = optionsOrExit();
if (options.draw) await draw(Results.read());
else await measure();

function optionsOrExit() {
  try {
    return readOptions(process.argv.slice(2));
  } catch (error) {
    console.error(`${error.message}\nThe options are named at the top of bench/peers/peers.mjs.`);
    return process.exit(2);
  }
}

async function measure() {
  const results = options.resume ? Results.read() : new Results();
  // Before the benchmark itself is its load.
  results.begin({ ...machine(), nest: versionOf('@nestjs/core'), parallel: options.parallel });
  const rows = await rowsOf(results);
  const isAsItShouldBe = await measureRows(rows, results);
  const missing = rows.filter(({ count }) => count() < options.rounds);
  if (missing.length > 0) {
    console.log(
      `\nTime is up: ${missing.length} of ${rows.length} rows have fewer rounds. --resume adds them.`,
    );
  }
  if (options.isKept) await draw(results);
  process.exitCode = isAsItShouldBe ? 0 : 1;
}

/**
 * A row ends with its last process, which is waited for beside the next rows.
 *
 * @returns whether nestjs-drain did in all of them what it promises
 */
async function measureRows(rows, results) {
  let isAsItShouldBe = true;
  const unended = new Map();
  const end = async (row, measured) => {
    const rounds = await keep(row, measured, results);
    isAsItShouldBe &&= rounds.every((round) => !isFailure(row.definition, round));
    unended.delete(row);
  };
  for (;;) {
    const ended = rows.filter((row) => !unended.has(row));
    const next = nextRow(ended, options.rounds, timeLeftMs());
    if (next !== undefined) unended.set(next, end(next, await measureOnce(next)));
    else if (unended.size > 0) await Promise.race(unended.values());
    else return isAsItShouldBe;
  }
}

async function keep({ adapter, scenario, definition }, { ended }, results) {
  const rounds = await ended;
  printRow(definition, adapter, rounds);
  for (const { solution, round } of rounds) results.add(adapter, scenario, solution, round);
  if (options.isKept) await results.save();
  return rounds;
}

/** A row is a scenario on an adapter, with all its solutions. */
async function rowsOf(results) {
  const rows = [];
  for (const adapter of options.adapter) {
    const solutions = await loadSolutions(options.solution, adapter);
    results.setSolutions(adapter, solutions);
    for (const [scenario, definition] of chooseScenarios(options.scenario)) {
      const rounds = ({ file }) => results.rounds(adapter, scenario, file).length;
      const count = () => Math.min(...solutions.map(rounds));
      const due = () => solutions.filter((solution) => rounds(solution) === count());
      const lastMs = ({ file }) => results.rounds(adapter, scenario, file).at(-1)?.ms ?? Infinity;
      rows.push({ adapter, scenario, definition, count, due, lastMs, tookMs: undefined });
    }
  }
  return rows.filter(({ due }) => due().length > 0);
}

async function measureOnce(row) {
  const { adapter, definition } = row;
  const begin = performance.now();
  const sorted = row.due().toSorted((a, b) => row.lastMs(a) - row.lastMs(b) || 0);
  const measured = await measureRow(sorted, definition, adapter, options.parallel);
  row.tookMs = performance.now() - begin;
  return measured;
}

/** Without what the last processes may take. */
function timeLeftMs() {
  return options.minutes * 60_000 - performance.now() - KILL_AFTER_MS;
}

function isFailure({ isLossInherent = false }, { solution, round }) {
  if (solution.file !== OURS) return false;
  const isLost = round.lost > 0 && !isLossInherent;
  return round.error !== undefined || round.exit === 'killed' || isLost;
}
