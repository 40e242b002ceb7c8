// What the module costs while nothing shuts down: requests a second with it and without it.
// Paired: both applications run at the same time and are loaded in turn, so that what the machine
// does besides hits both. Each pair gives one ratio; several fresh pairs give its spread.
import autocannon from 'autocannon';

import { median, quantile, startInstance } from './instance.mjs';

const PAIRS = 3;
const ROUNDS = 6;
const SECONDS = 2;

export async function measureThroughput() {
  for (const adapter of ['express', 'fastify']) {
    for (const connections of [1, 100]) {
      const ratios = [];
      for (let pair = 0; pair < PAIRS; pair++) {
        ratios.push(...(await measurePair(adapter, connections, pair % 2 === 0)));
      }
      const [low, high] = [quantile(ratios, 0.25), quantile(ratios, 0.75)];
      console.log(
        `${adapter.padEnd(8)} ${String(connections).padStart(3)} connections: ` +
          `ratio ${median(ratios).toFixed(3)} (quartiles ${low.toFixed(3)} to ${high.toFixed(3)})`,
      );
    }
  }
}

/** @returns for each round, requests a second with the module divided by those without */
async function measurePair(adapter, connections, withFirst) {
  const modes = withFirst ? ['with', 'without'] : ['without', 'with'];
  const instances = {};
  for (const mode of modes) instances[mode] = await startInstance(adapter, mode);
  for (const mode of modes) await load(instances[mode], connections);
  const ratios = [];
  for (let round = 0; round < ROUNDS; round++) {
    const rate = {};
    const order = round % 2 === 0 ? modes : modes.toReversed();
    for (const mode of order) rate[mode] = await load(instances[mode], connections);
    ratios.push(rate.with / rate.without);
  }
  for (const mode of modes) await instances[mode].stop();
  return ratios;
}

async function load(instance, connections) {
  const result = await autocannon({
    url: `${instance.url}/hello`,
    connections,
    duration: SECONDS,
  });
  if (result.non2xx > 0 || result.errors > 0) throw new Error('requests failed');
  return result.requests.total / result.duration;
}
