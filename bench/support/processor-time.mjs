// Processor time a request, from the operating system: user and system time of the server's process
// over a fixed number of requests.
import { startInstance } from '../instance.mjs';
import { openRequests } from './requests.mjs';
import { sized } from './sizes.mjs';

/** For each process: until the engine has compiled what runs at each request. */
const WARM_UP_REQUESTS = sized(4000, 400);

/**
 * Starts one fresh process for each mode, all at the same time, and loads them in turn, so that what the
 * machine does besides hits all of them.
 *
 * @returns for each round and each mode the microseconds of processor time a request (`cpu`), and the
 * requests a second (`rate`)
 */
export async function measureTogether(modes, { adapter, protocol, connections, requests, rounds }) {
  const features = protocol === 'http2' ? ['http2'] : [];
  const processes = await Promise.all(
    modes.map(async (mode) => {
      const instance = await startInstance(adapter, mode, [], features);
      return { instance, clients: await openRequests(protocol, instance.port, connections) };
    }),
  );
  try {
    const measured = [];
    for (let round = -Math.ceil(WARM_UP_REQUESTS / requests); round < rounds; round++) {
      const results = [];
      for (const i of order(modes.length, round)) results[i] = await shot(processes[i], requests);
      if (round >= 0) measured.push(results);
    }
    return measured;
  } finally {
    for (const { instance, clients } of processes) {
      clients.close();
      await instance.stop();
    }
  }
}

/** Another one is first each time, and every second round goes backwards. */
function order(count, round) {
  const first = ((round % count) + count) % count;
  const inTurn = Array.from({ length: count }, (_, i) => (first + i) % count);
  return round % 2 === 0 ? inTurn : inTurn.toReversed();
}

async function shot({ instance, clients }, requests) {
  const before = await instance.cpu();
  const begin = performance.now();
  await clients.send(requests);
  const seconds = (performance.now() - begin) / 1000;
  return { cpu: ((await instance.cpu()) - before) / requests, rate: requests / seconds };
}
