// How time, processor time and memory of a shutdown grow with the number of connections. What is meant
// to take time is told apart: the spread of websockets.
// All are measured once in each round, so that what else the machine does hits all of them.
import { setTimeout as sleep } from 'node:timers/promises';

import { startInstance } from './instance.mjs';
import { now } from './support/clock.mjs';
import { openClients } from './support/clients.mjs';
import { mostOpenFiles } from './support/machine.mjs';
import { sized } from './support/sizes.mjs';
import { logLogSlope, range } from './support/statistics.mjs';

const COUNTS = sized([10, 100, 1000, 10_000], [10, 100]);
const ROUNDS = sized(3, 1);
const PATIENCE_MS = 60_000;
const LOOK_AGAIN_MS = 10;
/** What a process has open besides its connections. */
const OTHER_FILES = 200;
/** Longer than idleLingerMs: nothing is left open for the sake of a next request. */
const REST_MS = 1500;
/** Of websockets, as documented: 200 a second, or as many as are closed in half the time. */
const LEAST_PER_MS = 200 / 1000;
const HALF_OF_DRAIN_MS = 10_000;

/**
 * What each kind of connection is waited for before, what makes the process leave, since when that
 * counts, and how much of it is intended.
 */
const kinds = {
  idle: {
    adapters: ['express', 'fastify'],
    outcome: 'ended',
    settled: () => sleep(REST_MS),
    leave: (instance) => ({ since: instance.signal('SIGTERM') }),
  },
  requests: {
    adapters: ['express', 'fastify'],
    outcome: 'answered',
    settled: allHeld,
    // All end at one moment, as soon as none that is new can come.
    leave: async (instance) => {
      const since = instance.signal('SIGTERM');
      await until('the listener is closed', async () => !(await instance.isListening()));
      instance.tell('release');
      return { since };
    },
  },
  /** Of the same requests, and nothing leaves: what the application itself takes. */
  'answers alone': {
    adapters: ['express', 'fastify'],
    mode: 'without',
    clients: 'last-requests',
    outcome: 'answered',
    settled: allHeld,
    leave: (instance) => ({ since: instance.tell('release') }),
  },
  websockets: {
    adapters: ['express'],
    outcome: '1012',
    settled: () => sleep(REST_MS),
    leave: (instance, count) => ({
      since: instance.signal('SIGTERM'),
      intendedMs: (count - 1) / Math.max(LEAST_PER_MS, count / HALF_OF_DRAIN_MS),
    }),
  },
  /** By `app.close()`, which spreads nothing. */
  'websockets at once': {
    adapters: ['express'],
    clients: 'websockets',
    outcome: '1012',
    settled: () => sleep(REST_MS),
    leave: (instance) => ({ since: instance.tell('close') }),
  },
};

export async function measureGrowth() {
  const { counts, limit } = possibleCounts();
  const rows = Object.entries(kinds).flatMap(([kind, { adapters }]) =>
    adapters.map((adapter) => ({ adapter, kind, runs: new Map(counts.map((n) => [n, []])) })),
  );
  for (let round = 0; round < ROUNDS; round++) {
    console.log(`round ${round + 1} of ${ROUNDS}`);
    for (const { adapter, kind, runs } of rows) {
      for (const count of counts) runs.get(count).push(await measure(adapter, kind, count));
    }
  }
  return rows.map(({ adapter, kind, runs }) => {
    const points = [...runs].map(([connections, all]) => summary(connections, all));
    return { adapter, kind, rounds: ROUNDS, limit, slope: slopes(points), points };
  });
}

/** The last one is lowered where a process may not open so many. */
function possibleCounts() {
  const openFiles = mostOpenFiles();
  const most = openFiles - OTHER_FILES;
  if (most >= COUNTS.at(-1)) return { counts: COUNTS };
  const counts = [...COUNTS.filter((count) => count < most), most];
  return { counts, limit: { openFiles, connections: most } };
}

async function measure(adapter, kindName, count) {
  const kind = { mode: 'with', clients: kindName, ...kinds[kindName] };
  const features = kind.clients === 'websockets' ? ['websockets'] : [];
  const instance = await startInstance(adapter, kind.mode, ['--expose-gc'], features);
  const clients = await openClients(kind.clients, instance.port, count);
  try {
    await kind.settled(instance, count);
    const [before, cpuBefore] = [await instance.markLeave(), await instance.cpu()];
    const { since, intendedMs = 0 } = await kind.leave(instance, count);
    const { outcomes, lastAt } = await clients.ended;
    if (outcomes[kind.outcome] !== count) throw new Error(`${kindName}: ${said(outcomes)}`);
    if (kind.mode === 'without') {
      return { ms: lastAt - since, intendedMs, cpuMs: ((await instance.cpu()) - cpuBefore) / 1000 };
    }
    const exit = await instance.exited;
    if (exit.code !== 0) throw new Error(`${kindName}: exit ${exit.code} ${exit.signal}`);
    const { peak, cpu } = exit.leave;
    const grownBytes = before === null ? undefined : peak - before;
    const cpuMs = (cpu.user + cpu.system) / 1000;
    return { ms: exit.at - since, intendedMs, cpuMs, grownBytes };
  } finally {
    await clients.stop();
    await instance.stop();
  }
}

function allHeld(instance, count) {
  return until('all requests are in their handlers', async () => (await instance.held()) === count);
}

async function until(what, isTrue) {
  for (const end = now() + PATIENCE_MS; now() < end; await sleep(LOOK_AGAIN_MS)) {
    if (await isTrue()) return;
  }
  throw new Error(`waited in vain until ${what}`);
}

function summary(connections, runs) {
  const [{ intendedMs, grownBytes }] = runs;
  return {
    connections,
    /** The whole of it. */
    ms: range(runs.map(({ ms }) => ms)),
    intendedMs,
    cpuMs: range(runs.map(({ cpuMs }) => cpuMs)),
    grownBytes:
      grownBytes === undefined ? undefined : range(runs.map((run) => Math.max(0, run.grownBytes))),
  };
}

function slopes(points) {
  const along = (valueOf) => slopesOf(points.map((point) => [point.connections, valueOf(point)]));
  return {
    time: along(({ ms, intendedMs }) => ms.median - intendedMs),
    cpu: along(({ cpuMs }) => cpuMs.median),
    memory: along(({ grownBytes }) => grownBytes?.median),
  };
}

/** Over all points, and over the last two: a fixed share makes the first too flat. */
function slopesOf(points) {
  return { all: logLogSlope(points), atTheEnd: logLogSlope(points.slice(-2)) };
}

function said(outcomes) {
  return JSON.stringify(outcomes).slice(0, 500);
}
