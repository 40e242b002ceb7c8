// How long the process lives on when it has nothing to do any more: from the last byte of the last
// response to its end, and for comparison the end of a Nest process that has nothing to do at all.
// All are measured once in each round, so that what else the machine does hits all of them.
import http from 'node:http';

import { startInstance } from './instance.mjs';
import { now } from './support/clock.mjs';
import { sized } from './support/sizes.mjs';
import { range } from './support/statistics.mjs';

const ROUNDS = sized(15, 2);
const REQUESTS = 20;

const processes = {
  /** The kernel ends it: nothing runs. */
  'no shutdown hooks': { mode: 'without', leave: leaveEmpty },
  /** Nest's own `close()`. */
  'enableShutdownHooks()': { mode: 'without', features: ['hooks'], leave: leaveEmpty },
  'nestjs-drain': { mode: 'with', leave: leaveEmpty },
  'nestjs-drain, after the last response': { mode: 'with', leave: leaveAfterLastByte },
};

export async function measureLeaving() {
  const rows = ['express', 'fastify'].flatMap((adapter) =>
    Object.keys(processes).map((name) => ({ adapter, process: name, times: [] })),
  );
  for (let round = 0; round < ROUNDS; round++) {
    for (const { adapter, process: name, times } of rows) {
      const { mode, features, leave } = processes[name];
      times.push(await leave(await startInstance(adapter, mode, [], features)));
    }
  }
  return rows.map(({ times, ...row }) => ({ ...row, rounds: ROUNDS, ms: range(times) }));
}

/** From the signal: nothing is open, and nothing has been. */
async function leaveEmpty(instance) {
  const sentAt = instance.signal('SIGTERM');
  return (await instance.exited).at - sentAt;
}

async function leaveAfterLastByte(instance) {
  const requests = Array.from({ length: REQUESTS }, () => get(instance.port, '/slow'));
  await Promise.all(requests.map(({ sent }) => sent));
  // All of them have reached their handlers when one that came later has been answered. Its
  // connection ends with it: each that is left has a request under way.
  await get(instance.port, '/hello', { keepAlive: false }).answered;
  instance.signal('SIGTERM');
  const answers = await Promise.all(requests.map(({ answered }) => answered));
  if (answers.some(({ connection }) => connection !== 'close')) throw new Error('kept alive');
  const exit = await instance.exited;
  if (exit.code !== 0) throw new Error(`exit ${exit.code} ${exit.signal}`);
  return exit.at - Math.max(...answers.map(({ at }) => at));
}

function get(port, path, { keepAlive = true } = {}) {
  const agent = new http.Agent({ keepAlive });
  const request = http.get({ host: '127.0.0.1', port, path, agent });
  const answered = new Promise((resolve, reject) => {
    request.on('error', reject);
    request.on('response', (response) => {
      response.resume();
      response.on('end', () => resolve({ connection: response.headers.connection, at: now() }));
    });
  });
  return { sent: new Promise((resolve) => request.on('finish', resolve)), answered };
}
