// What the grace period costs the clients: latency at a steady rate, before the signal and from the signal
// to the end of the grace period. The same without a signal shows the noise.
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import { startInstance } from './instance.mjs';
import { now } from './support/clock.mjs';
import { sized } from './support/sizes.mjs';
import { quantile, quartiles } from './support/statistics.mjs';

const ROUNDS = sized(6, 1);
const PER_SECOND = sized(300, 100);
const WARM_UP_MS = sized(2000, 500);
/** Each of the two that are compared. */
const WINDOW_MS = sized(3000, 1000);
/** Requests that begin at the end are still answered in the grace period. */
const GRACE_MS = WINDOW_MS + 1000;
const load = join(import.meta.dirname, 'support', 'load-process.mjs');

export async function measureGrace() {
  const rows = ['express', 'fastify'].flatMap((adapter) =>
    [true, false].map((isSignalled) => ({ adapter, isSignalled, rounds: [] })),
  );
  for (let round = 0; round < ROUNDS; round++) {
    for (const { adapter, isSignalled, rounds } of rows) {
      rounds.push(await measure(adapter, isSignalled));
    }
  }
  return rows.map(({ adapter, isSignalled, rounds }) => ({
    adapter,
    isSignalled,
    perSecond: PER_SECOND,
    windowMs: WINDOW_MS,
    rounds: ROUNDS,
    lost: rounds.reduce((sum, { lost }) => sum + lost, 0),
    before: latency(rounds.flatMap(({ before }) => before)),
    during: latency(rounds.flatMap(({ during }) => during)),
    ratio: quartiles(
      rounds.map(({ before, during }) => quantile(during, 0.99) / quantile(before, 0.99)),
    ),
  }));
}

async function measure(adapter, isSignalled) {
  const instance = await startInstance(adapter, 'with', [], [`grace=${GRACE_MS}`]);
  const clients = fork(load, [String(instance.port), String(PER_SECOND)]);
  try {
    await sleep(WARM_UP_MS + WINDOW_MS);
    const at = isSignalled ? instance.signal('SIGTERM') : now();
    await sleep(WINDOW_MS);
    clients.send('stop');
    const [requests] = await once(clients, 'message');
    const within = (from, to) => times(requests, at + from, at + to);
    return {
      lost: requests.filter(({ error }) => error !== undefined).length,
      before: within(-WINDOW_MS, 0),
      during: within(0, WINDOW_MS),
    };
  } finally {
    clients.kill('SIGKILL');
    await instance.stop();
  }
}

/** Of the quick requests that were due in that time. */
function times(requests, from, to) {
  return requests
    .filter(({ at, slow, error }) => at >= from && at < to && !slow && error === undefined)
    .map(({ ms }) => ms);
}

function latency(all) {
  const [p50, p99] = [0.5, 0.99].map((q) => quantile(all, q));
  return { requests: all.length, p50, p99 };
}
