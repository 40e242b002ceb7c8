// `npm run bench [mode ...]`: what the module and the command cost, and how fast they leave. Each mode
// replaces its own file in results/; docs/performance.md is made of those.
//
// `node bench/bench.mjs help` lists the modes; `--quick` sees in a minute or two that they work.
import { writePage } from './page/page.mjs';
import { loadAverage, watchOthers } from './support/machine.mjs';
import { saveResult } from './support/results.mjs';

/** Loaded when they run: some load the tests and all that they need. */
const modes = {
  'processor-time': {
    about: 'what the module and the alternatives cost while nothing shuts down',
    measure: async () => (await import('./processor-time.mjs')).measureProcessorTime(),
  },
  import: {
    about: 'how long the package takes to be imported',
    measure: async () => (await import('./import.mjs')).measureImport(),
  },
  'test-application': {
    about: 'what the module adds to a test application',
    measure: async () => (await import('./test-application.mjs')).measureTestApplication(),
  },
  memory: {
    about: 'what it keeps for each connection and request, of each protocol',
    measure: async () => (await import('./memory.mjs')).measureMemory(),
  },
  leaving: {
    about: 'from the last response to the exit, against Nest alone and http-terminator',
    measure: async () => (await import('./leaving.mjs')).measureLeaving(),
  },
  grace: {
    about: 'what the grace period costs the clients',
    measure: async () => (await import('./grace.mjs')).measureGrace(),
  },
  growth: {
    about: 'how time and memory of a shutdown grow with the number of connections',
    measure: async () => (await import('./growth.mjs')).measureGrowth(),
  },
  kinds: {
    about: 'from the end of the work to the exit, for each kind of work',
    measure: async () => (await import('./kinds.mjs')).measureKinds(),
  },
  restart: {
    about: 'what the command for graceful restart costs while nothing is restarted',
    measure: async () => (await import('./restart.mjs')).measureRestart(),
  },
  reload: {
    about: 'what clients notice of a reload under load',
    measure: async () => (await import('./reload.mjs')).measureReload(),
  },
};

/** Before the benchmark itself is its load. */
const load = loadAverage();
const NAME_WIDTH = 18;

const wanted = process.argv.slice(2).filter((argument) => !argument.startsWith('--'));
const known = new Set([...Object.keys(modes), 'docs']);
if (wanted.every((name) => known.has(name))) await run(wanted);
else usage();

/** All of them, if none is named. `docs` alone measures nothing. */
async function run(names) {
  const measured = names.length === 0 ? Object.keys(modes) : names.filter((name) => name in modes);
  for (const name of measured) {
    console.log(`\n${name}: ${modes[name].about}`);
    try {
      await measure(name);
    } catch (error) {
      // The others have taken, or will take, too long to be lost with it.
      console.error(error);
      process.exitCode = 1;
    }
  }
  console.log(`\n${await writePage()}`);
}

async function measure(name) {
  const begin = performance.now();
  const others = watchOthers();
  const rows = await modes[name].measure();
  const tookSeconds = (performance.now() - begin) / 1000;
  await saveResult(name, { rows, tookSeconds, load, others: others() });
  console.log(`${name} took ${tookSeconds.toFixed(0)} s`);
}

function usage() {
  console.log('node bench/bench.mjs [--quick] [mode ...]\n');
  for (const [name, { about }] of Object.entries(modes)) {
    console.log(`  ${name.padEnd(NAME_WIDTH)} ${about}`);
  }
  console.log(
    `  ${'docs'.padEnd(NAME_WIDTH)} nothing is measured: docs/performance.md from what there is`,
  );
  if (!wanted.includes('help')) process.exitCode = 2;
}
