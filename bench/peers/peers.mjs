// `npm run bench:peers`: the same application and the same clients, with each solution that somebody
// would pick instead. Writes bench/results/peers.json, docs/comparison.md and its pictures; with
// `--solution` or `--scenario` it only prints. Exits with 1 if nestjs-drain lost something.
import { readOptions } from './options.mjs';
import { runCell } from './run.mjs';
import { scenarios } from './scenarios/index.mjs';
import { loadSolutions } from './solutions/index.mjs';

const options = readOptions();
const solutions = await loadSolutions(options.solution);
const chosen = Object.entries(scenarios).filter(
  ([file]) => options.scenario === undefined || options.scenario === file,
);
if (solutions.length === 0) throw new Error(`There is no solution ${options.solution}`);
if (chosen.length === 0) {
  throw new Error(`There is no scenario ${options.scenario}: ${Object.keys(scenarios).join(', ')}`);
}

for (const [file, scenario] of chosen) {
  console.log(`\n${scenario.title} (${file})`);
  for (const solution of solutions) {
    for (let round = 0; round < options.rounds; round++) {
      const r = await runCell(solution, scenario, options.adapter);
      console.log(solution.name.padEnd(28), JSON.stringify(r));
    }
  }
}
