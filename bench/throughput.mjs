// What the module costs while nothing shuts down: requests a second with it and without it, and
// processor time a request, which depends less on what else the machine does.
// Paired: both applications run at the same time and are loaded in turn, so that what the machine
// does besides hits both. Each round gives one ratio; several fresh pairs give its spread.
import autocannon from 'autocannon';

import { startInstance } from './instance.mjs';
import { sized } from './support/sizes.mjs';
import { quartiles } from './support/statistics.mjs';

const PAIRS = sized(2, 1);
const ROUNDS = sized(10, 2);
const SECONDS = 1;

/** @param mode - what is compared with the application alone: `with`, or `metrics`, too */
export async function measureThroughput(mode = 'with') {
  const rows = [];
  for (const adapter of ['express', 'fastify']) {
    for (const connections of [1, 100]) {
      const rounds = [];
      for (let pair = 0; pair < PAIRS; pair++) {
        rounds.push(...(await measurePair(adapter, connections, mode, pair % 2 === 0)));
      }
      const ratio = quartiles(rounds.map((round) => round[mode].rate / round.without.rate));
      const cpu = quartiles(rounds.map((round) => round.without.cpu / round[mode].cpu));
      rows.push({ adapter, connections, ratio, cpu, rounds: rounds.length });
      console.log(
        `${adapter}, ${connections}: ${ratio.median.toFixed(3)}, ${cpu.median.toFixed(3)}`,
      );
    }
  }
  return rows;
}

/** @returns for each round what each of the two did */
async function measurePair(adapter, connections, compared, first) {
  const modes = first ? [compared, 'without'] : ['without', compared];
  const instances = {};
  for (const mode of modes) instances[mode] = await startInstance(adapter, mode);
  for (const mode of modes) await load(instances[mode], connections);
  const rounds = [];
  for (let round = 0; round < ROUNDS; round++) {
    const result = {};
    const order = round % 2 === 0 ? modes : modes.toReversed();
    for (const mode of order) result[mode] = await load(instances[mode], connections);
    rounds.push(result);
  }
  for (const mode of modes) await instances[mode].stop();
  return rounds;
}

async function load(instance, connections) {
  const before = await instance.cpu();
  const { requests, duration, non2xx, errors } = await autocannon({
    url: `${instance.url}/hello`,
    connections,
    duration: SECONDS,
  });
  if (non2xx > 0 || errors > 0) throw new Error('requests failed');
  const cpu = (await instance.cpu()) - before;
  return { rate: requests.total / duration, cpu: cpu / requests.total };
}
