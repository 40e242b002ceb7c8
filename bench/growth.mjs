// How the time and the memory that it takes to leave grow with the number of connections. What is
// meant to take time is told apart: the spread of websockets, and how long requests are under way.
// All are measured once in each round, so that what else the machine does hits all of them.
import { setTimeout as sleep } from 'node:timers/promises';

import { startInstance } from './instance.mjs';
import { openClients } from './support/clients.mjs';
import { mostOpenFiles } from './support/machine.mjs';
import { sized } from './support/sizes.mjs';
import { logLogSlope, range } from './support/statistics.mjs';

const COUNTS = sized([10, 100, 1000, 10_000], [10, 100]);
const ROUNDS = sized(5, 1);
const OPEN_MS = 60_000;
const LOOK_AGAIN_MS = 10;
/** What a process has open besides its connections. */
const OTHER_FILES = 200;
/** Longer than idleLingerMs: nothing is left open for the sake of a next request. */
const REST_MS = 1500;
/** From the signal to the moment at which all requests under way may end. */
const HELD_MS = 500;
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
    leave: async (instance) => {
      instance.signal('SIGTERM');
      await sleep(HELD_MS);
      return { since: instance.tell('release') };
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
    const before = await instance.markMemory();
    const { since, intendedMs = 0 } = await kind.leave(instance, count);
    const { outcomes, lastAt } = await clients.ended;
    if (outcomes[kind.outcome] !== count) throw new Error(`${kindName}: ${said(outcomes)}`);
    const lastMs = lastAt - since;
    if (kind.mode === 'without') return { ms: lastMs, lastMs, intendedMs };
    const exit = await instance.exited;
    if (exit.code !== 0) throw new Error(`${kindName}: exit ${exit.code} ${exit.signal}`);
    const grownBytes = before === null ? undefined : exit.peak - before;
    return { ms: exit.at - since, lastMs, intendedMs, grownBytes };
  } finally {
    await clients.stop();
    await instance.stop();
  }
}

/** Until all requests are in their handlers. */
async function allHeld(instance, count) {
  for (let waitedMs = 0; waitedMs < OPEN_MS; waitedMs += LOOK_AGAIN_MS) {
    if ((await instance.held()) === count) return;
    await sleep(LOOK_AGAIN_MS);
  }
  throw new Error(`${await instance.held()} of ${count} requests came`);
}

function summary(connections, runs) {
  const [{ intendedMs, grownBytes }] = runs;
  return {
    connections,
    /** The whole of it. */
    ms: range(runs.map(({ ms }) => ms)),
    intendedMs,
    /** Until the last client had all that it wanted. */
    lastMs: range(runs.map(({ lastMs }) => lastMs)),
    grownBytes:
      grownBytes === undefined ? undefined : range(runs.map((run) => Math.max(0, run.grownBytes))),
  };
}

/** Over all points, and over the last two: a fixed share makes the first too flat. */
function slopes(points) {
  const time = points.map(({ connections, ms, intendedMs }) => [
    connections,
    ms.median - intendedMs,
  ]);
  const memory = points.map(({ connections, grownBytes }) => [connections, grownBytes?.median]);
  return {
    time: logLogSlope(time),
    timeAtTheEnd: logLogSlope(time.slice(-2)),
    memory: logLogSlope(memory),
    memoryAtTheEnd: logLogSlope(memory.slice(-2)),
  };
}

function said(outcomes) {
  return JSON.stringify(outcomes).slice(0, 500);
}
