// How long the process lives on when it has nothing to do any more, against Nest alone and against
// http-terminator: with nothing open, after the last byte of the last response, and with many connections
// on which nothing happens.
// All are measured once in each round, so that what else the machine does hits all of them.
import http from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';

import { startInstance } from './instance.mjs';
import { openClients } from './support/clients.mjs';
import { now } from './support/clock.mjs';
import { mostOpenFiles } from './support/machine.mjs';
import { sized } from './support/sizes.mjs';
import { range } from './support/statistics.mjs';

const ROUNDS = sized(15, 2);
/** Opening thousands of connections takes its time. */
const ROUNDS_OF_MANY = sized(3, 1);
const REQUESTS = 20;
/** What a process has open besides its connections. */
const OTHER_FILES = 200;
const MANY = Math.min(sized(10_000, 200), mostOpenFiles() - OTHER_FILES);
const SILENT = 50;
/** Longer than idleLingerMs: nothing is left open for the sake of a next request. */
const REST_MS = 1500;

const NO_HOOKS = 'no shutdown hooks';
const HOOKS = 'enableShutdownHooks()';
const OURS = 'nestjs-drain';
const TERMINATOR = 'http-terminator';

const processes = {
  /** The kernel ends it: nothing runs. */
  [NO_HOOKS]: { mode: 'without' },
  /** Nest's own `close()`. */
  [HOOKS]: { mode: 'without', features: ['hooks'] },
  [OURS]: { mode: 'with' },
  [TERMINATOR]: { mode: 'http-terminator' },
};

const situations = {
  'nothing open': { of: Object.keys(processes), rounds: ROUNDS, leave: leaveEmpty },
  'after the last response': { of: [OURS, TERMINATOR], rounds: ROUNDS, leave: leaveAfterLastByte },
  [`${MANY} idle connections`]: {
    of: [HOOKS, OURS, TERMINATOR],
    rounds: ROUNDS_OF_MANY,
    leave: (instance) => leaveConnections(instance, { idle: MANY }),
  },
  // Nest alone waits for silent ones.
  [`${MANY / 2} idle and ${SILENT} silent connections`]: {
    of: [OURS, TERMINATOR],
    rounds: ROUNDS_OF_MANY,
    leave: (instance) => leaveConnections(instance, { idle: MANY / 2, silent: SILENT }),
  },
};

export async function measureLeaving() {
  const rows = Object.entries(situations).flatMap(([situation, { of, rounds }]) =>
    ['express', 'fastify'].flatMap((adapter) =>
      of.map((name) => ({ situation, adapter, process: name, rounds, times: [] })),
    ),
  );
  for (let round = 0; round < Math.max(...rows.map(({ rounds }) => rounds)); round++) {
    for (const row of rows.filter(({ rounds }) => rounds > round)) row.times.push(await leave(row));
  }
  return rows.map(({ times, ...row }) => ({ ...row, ms: range(times) }));
}

async function leave({ situation, adapter, process: name }) {
  const { mode, features } = processes[name];
  const instance = await startInstance(adapter, mode, [], features);
  return situations[situation].leave(instance);
}

async function leaveConnections(instance, counts) {
  const clients = [];
  for (const [kind, count] of Object.entries(counts)) {
    clients.push(await openClients(kind, instance.port, count));
  }
  await sleep(REST_MS);
  const ms = await leaveEmpty(instance);
  await Promise.all(clients.map((some) => some.stop()));
  return ms;
}

/** From the signal: there is nothing to wait for. */
async function leaveEmpty(instance) {
  const sentAt = instance.signal('SIGTERM');
  return (await instance.exited).at - sentAt;
}

async function leaveAfterLastByte(instance) {
  const requests = Array.from({ length: REQUESTS }, () => get(instance.port, '/slow'));
  await Promise.all(requests.map(({ sent }) => sent));
  // All of them have reached their handlers when one that came later has been answered. Its
  // connection ends with it: each that is left has a request in flight.
  await get(instance.port, '/hello', { keepAlive: false }).answered;
  instance.signal('SIGTERM');
  const answers = await Promise.all(requests.map(({ answered }) => answered));
  const exit = await instance.exited;
  if (exit.code !== 0) throw new Error(`exit ${exit.code} ${exit.signal}`);
  return exit.at - Math.max(...answers);
}

function get(port, path, { keepAlive = true } = {}) {
  const agent = new http.Agent({ keepAlive });
  const request = http.get({ host: '127.0.0.1', port, path, agent });
  const answered = new Promise((resolve, reject) => {
    request.on('error', reject);
    request.on('response', (response) => {
      response.resume();
      response.on('end', () => resolve(now()));
    });
  });
  return { sent: new Promise((resolve) => request.on('finish', resolve)), answered };
}
