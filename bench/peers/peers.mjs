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
import { readOptions } from './options.mjs';
import { nextRow } from './plan.mjs';
import { machine } from './report/machine.mjs';
import { printHead, printRound } from './report/print.mjs';
import { draw, Results } from './report/results.mjs';
import { OURS } from './report/summary.mjs';
import { measureRow } from './row.mjs';
import { chooseScenarios } from './scenarios/index.mjs';
import { loadSolutions } from './solutions/index.mjs';
import { versionOf } from './solutions/version-of.mjs';

// Its services leave with it, whatever they are stuck in.
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => process.exit(1));

const options = readOptions(process.argv.slice(2));
if (options.draw) await draw(Results.read());
else await measure();

async function measure() {
  const results = options.resume ? Results.read() : new Results();
  // Before the benchmark itself is its load.
  results.begin({ ...machine(), nest: versionOf('@nestjs/core'), parallel: options.parallel });
  const rows = await rowsOf(results);
  let isAsItShouldBe = true;
  for (let row; (row = nextRow(rows, options.rounds, timeLeftMs())) !== undefined;) {
    const rounds = await measureOnce(row, results);
    isAsItShouldBe &&= rounds.every((round) => !isFailure(row.definition, round));
    if (options.isKept) await results.save();
  }
  const missing = rows.filter(({ count }) => count() < options.rounds);
  if (missing.length > 0) {
    console.log(
      `\nTime is up: ${missing.length} of ${rows.length} rows have fewer rounds. --resume adds them.`,
    );
  }
  if (options.isKept) await draw(results);
  process.exitCode = isAsItShouldBe ? 0 : 1;
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
      rows.push({ adapter, scenario, definition, count, due, tookMs: undefined });
    }
  }
  return rows.filter(({ due }) => due().length > 0);
}

async function measureOnce(row, results) {
  const { adapter, scenario, definition } = row;
  const solutions = row.due();
  printHead(definition, adapter);
  const begin = performance.now();
  const last = ({ file }) => results.rounds(adapter, scenario, file).at(-1)?.ms ?? Infinity;
  const sorted = solutions.toSorted((a, b) => last(a) - last(b) || 0);
  const rounds = await measureRow(sorted, definition, adapter, options.parallel, printRound);
  row.tookMs = performance.now() - begin;
  for (const { solution, round } of rounds) results.add(adapter, scenario, solution, round);
  return rounds;
}

function timeLeftMs() {
  return options.minutes * 60_000 - performance.now();
}

function isFailure({ isLossInherent = false }, { solution, round }) {
  if (solution.file !== OURS) return false;
  const isLost = round.lost > 0 && !isLossInherent;
  return round.error !== undefined || round.exit === 'killed' || isLost;
}
