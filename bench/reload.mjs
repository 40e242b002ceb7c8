// What clients notice of a reload under load: requests lost, and how long the others took before it
// and while it lasts. Requests are sent at a fixed rate, whether or not those before are answered, and
// each counts from when it was due: a service that stalls cannot slow down who measures it.
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import { now } from './support/clock.mjs';
import { startCommand } from './support/command.mjs';
import { hasPm2, startPm2 } from './support/pm2.mjs';
import { sized } from './support/sizes.mjs';
import { quantile } from './support/statistics.mjs';

const RELOADS = sized(10, 1);
const WARM_UP_MS = sized(5000, 1000);
const BEFORE_MS = sized(5000, 2000);
/** What is late because of the reload is among it. */
const AFTER_MS = 2000;
const PER_SECOND = sized(200, 40);
const SLICE_MS = 250;
const load = join(import.meta.dirname, 'support', 'load-process.mjs');

export async function measureReload() {
  const rows = [];
  for (const workers of [1, 2]) rows.push(await reloadsOf(startCommand, workers));
  if (await hasPm2()) rows.push({ ...(await reloadsOf(startPm2, 2)), by: 'PM2' });
  return rows;
}

async function reloadsOf(start, workers) {
  const service = await start(workers);
  const clients = fork(load, [String(service.port), String(PER_SECOND)]);
  const reloads = [];
  try {
    await sleep(WARM_UP_MS);
    for (let reload = 0; reload < RELOADS; reload++) {
      await sleep(BEFORE_MS);
      const begin = now();
      await service.reload();
      reloads.push({ begin, tookMs: now() - begin });
      await sleep(AFTER_MS);
    }
    clients.send('stop');
    const [requests] = await once(clients, 'message');
    return {
      workers,
      perSecond: PER_SECOND,
      beforeMs: BEFORE_MS,
      afterMs: AFTER_MS,
      ...summary(reloads, requests),
    };
  } finally {
    clients.kill('SIGKILL');
    await service.stop();
  }
}

function summary(reloads, requests) {
  const seen = reloads.map(({ begin, tookMs }) => {
    const times = requests.map((request) => ({ ...request, offset: request.at - begin }));
    return {
      before: times.filter(({ offset }) => offset >= -BEFORE_MS && offset < 0),
      during: times.filter(({ offset }) => offset >= 0 && offset < tookMs + AFTER_MS),
    };
  });
  const [before, during] = ['before', 'during'].map((when) => seen.flatMap((one) => one[when]));
  const lost = requests.filter(({ error }) => error !== undefined);
  return {
    reloads: reloads.length,
    tookMs: reloads.reduce((sum, { tookMs }) => sum + tookMs, 0) / reloads.length,
    requests: requests.length,
    lost: lost.length,
    errors: [...new Set(lost.map(({ error }) => error))],
    before: latency(before),
    during: latency(during),
    slices: slices([...before, ...during]),
  };
}

/** Along the time before and after the reloads, all of them laid over each other. */
function slices(requests) {
  const all = new Map();
  for (const request of requests) {
    const slice = Math.floor(request.offset / SLICE_MS) * SLICE_MS;
    all.set(slice, [...(all.get(slice) ?? []), request]);
  }
  const sorted = [...all].toSorted(([a], [b]) => a - b);
  return sorted
    .map(([offsetMs, of]) => ({ offsetMs, ...latency(of) }))
    .filter(({ measured }) => measured > 0);
}

/** Of the quick requests only: slow ones take the time that they take. */
function latency(requests) {
  const times = requests.filter(({ slow, error }) => !slow && !error).map(({ ms }) => ms);
  if (times.length === 0) return { measured: 0 };
  const [p50, p99, max] = [0.5, 0.99, 1].map((q) => quantile(times, q));
  return { measured: times.length, p50, p99, max };
}
