// `npm run bench:peers`: the same application and the same clients, with each solution that somebody
// would pick instead. Writes bench/results/peers.json, docs/comparison.md and its pictures. With
// `--solution` or `--scenario` it prints only.
// `--rounds N` repeats each cell, `--adapter fastify` is the other half of the page, `--draw` draws
// the page anew from the results that are there.
// Exits with 1 if nestjs-drain lost a request, where that need not be, or had to be killed.
import { budget, KILL_AFTER_MS, WORK_MS } from './budget.mjs';
import { readOptions } from './options.mjs';
import { machine } from './report/machine.mjs';
import { printCell, printHead } from './report/print.mjs';
import { draw, keep, readRuns } from './report/results.mjs';
import { OURS, summarize } from './report/summary.mjs';
import { runCell } from './run.mjs';
import { chooseScenarios } from './scenarios/index.mjs';
import { loadSolutions } from './solutions/index.mjs';
import { versionOf } from './solutions/version-of.mjs';

// Its services leave with it, whatever they are stuck in.
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => process.exit(1));

const options = readOptions();
if (options.draw) await draw(readRuns());
else await measure();

async function measure() {
  // Before the benchmark itself is its load.
  const on = machine();
  const solutions = await loadSolutions(options.solution, options.adapter);
  const scenarios = chooseScenarios(options.scenario);
  const cells = [];
  for (const [scenario, definition] of scenarios) {
    printHead(definition);
    for (const solution of solutions) {
      const rounds = await repeat(() => runCell(solution, definition, options.adapter));
      cells.push({ scenario, solution: solution.file, rounds });
      printCell(solution.name, summarize(rounds), KILL_AFTER_MS);
    }
  }
  const isWhole = options.solution === undefined && options.scenario === undefined;
  if (isWhole) await keep({ ...asRun(solutions, scenarios, cells), machine: on });
  process.exitCode = cells.some((cell) => isFailure(cell)) ? 1 : 0;
}

async function repeat(measureOnce) {
  const results = [];
  for (let round = 0; round < options.rounds; round++) results.push(await measureOnce());
  return results;
}

function asRun(solutions, scenarios, cells) {
  return {
    adapter: options.adapter,
    rounds: options.rounds,
    nest: versionOf('@nestjs/core'),
    budget,
    workMs: WORK_MS,
    killAfterMs: KILL_AFTER_MS,
    solutions,
    scenarios: scenarios.map(([file, { title, text }]) => ({ file, title, text })),
    cells,
  };
}

function isFailure({ solution, scenario, rounds }) {
  if (solution !== OURS) return false;
  const { lost, killed } = summarize(rounds);
  const [[, { isLossInherent = false }]] = chooseScenarios(scenario);
  return killed || (lost > 0 && !isLossInherent);
}
