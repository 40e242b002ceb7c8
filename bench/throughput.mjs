// What the module costs while nothing shuts down: requests a second with it and without it, and
// processor time a request, which depends less on what else the machine does.
// Paired: both applications run at the same time and are loaded in turn, so that what the machine
// does besides hits both. Each round gives one ratio; several fresh pairs give its spread.
import autocannon from 'autocannon';

import { median, quantile, startInstance } from './instance.mjs';

const PAIRS = 3;
const ROUNDS = 12;
const SECONDS = 1;

/** @param mode - what is compared with the application alone: `with`, or `metrics`, too */
export async function measureThroughput(mode = 'with') {
  for (const adapter of ['express', 'fastify']) {
    for (const connections of [1, 100]) {
      const rounds = [];
      for (let pair = 0; pair < PAIRS; pair++) {
        rounds.push(...(await measurePair(adapter, connections, mode, pair % 2 === 0)));
      }
      const name = `${adapter.padEnd(8)} ${String(connections).padStart(3)} connections`;
      const rate = spread(rounds.map((round) => round[mode].rate / round.without.rate));
      const cpu = spread(rounds.map((round) => round.without.cpu / round[mode].cpu));
      console.log(`${name}: requests a second ${rate}, requests a processor second ${cpu}`);
    }
  }
}

/** The median ratio of with to without, and its quartiles. */
function spread(ratios) {
  const [low, high] = [quantile(ratios, 0.25), quantile(ratios, 0.75)];
  return `${median(ratios).toFixed(3)} (${low.toFixed(3)} to ${high.toFixed(3)})`;
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
