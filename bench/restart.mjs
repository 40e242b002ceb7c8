// What the command for graceful restart costs while nothing is restarted: requests a second through
// it, against the same application started without it. Paired, as in throughput.mjs: both services
// run at the same time and are loaded in turn; each round gives one ratio.
import { once } from 'node:events';
import { get } from 'node:http';

import autocannon from 'autocannon';

import { startCluster, startCommand, startNode } from './support/command.mjs';
import { sized } from './support/sizes.mjs';
import { quartiles } from './support/statistics.mjs';

const PAIRS = sized(3, 1);
const ROUNDS = sized(12, 2);
const SECONDS = 1;
const KEPT = 50;
const FRESH = 20;

/** Kept-alive clients, and some of which each request comes on a connection of its own. */
const loads = { kept: keptRate, fresh: freshRate };

const comparisons = {
  '1 worker against node': { ours: () => startCommand(1), other: startNode },
  '2 workers against node:cluster': { ours: () => startCommand(2), other: () => startCluster(2) },
  '2 workers against 1': { ours: () => startCommand(2), other: () => startCommand(1) },
};

export async function measureRestart() {
  const rows = [];
  for (const [comparison, { ours, other }] of Object.entries(comparisons)) {
    const ratios = { kept: [], fresh: [] };
    for (let pair = 0; pair < PAIRS; pair++) {
      const started =
        pair % 2 === 0 ? [await ours(), await other()] : [await other(), await ours()];
      const [us, them] = pair % 2 === 0 ? started : started.toReversed();
      for (const load of Object.keys(loads)) {
        ratios[load].push(...(await measurePair(us, them, loads[load])));
      }
      for (const service of started) await service.stop();
    }
    for (const [connections, all] of Object.entries(ratios)) {
      rows.push({ comparison, connections, rounds: all.length, ratio: quartiles(all) });
    }
  }
  return rows;
}

async function measurePair(us, them, rate) {
  for (const service of [us, them]) await rate(service);
  const ratios = [];
  for (let round = 0; round < ROUNDS; round++) {
    const order = round % 2 === 0 ? [us, them] : [them, us];
    const rates = new Map();
    for (const service of order) rates.set(service, await rate(service));
    ratios.push(rates.get(us) / rates.get(them));
  }
  return ratios;
}

async function keptRate({ port }) {
  const url = `http://127.0.0.1:${port}/hello`;
  const { requests, duration, non2xx, errors } = await autocannon({
    url,
    connections: KEPT,
    duration: SECONDS,
  });
  if (non2xx > 0 || errors > 0) throw new Error(`${non2xx + errors} requests failed`);
  return requests.total / duration;
}

/** By hand: told to connect again for each request, autocannon sends none at all. */
async function freshRate({ port }) {
  const begin = performance.now();
  let count = 0;
  const client = async () => {
    for (; performance.now() - begin < SECONDS * 1000; count++) {
      const request = get({ host: '127.0.0.1', port, path: '/hello', agent: false });
      const [response] = await once(request, 'response');
      response.resume();
      await once(response, 'end');
      if (response.statusCode !== 200) throw new Error(`status ${response.statusCode}`);
    }
  };
  await Promise.all(Array.from({ length: FRESH }, client));
  return count / ((performance.now() - begin) / 1000);
}
