// What the module keeps while nothing shuts down, in bytes: for each idle connection, and for each
// request under way on top of that.
// Two fresh applications a round, with the module and without it, hold the same; what one holds more
// than the other is the module's.
import { once } from 'node:events';
import { connect } from 'node:net';

import { startInstance } from './instance.mjs';
import { sized } from './support/sizes.mjs';
import { range } from './support/statistics.mjs';

const ROUNDS = sized(5, 1);
const CONNECTIONS = sized(5000, 500);
/** Open before and after: by then what is compiled, cached and pooled once is there. */
const WARM_UP = sized(1500, 200);
const AT_ONCE = 100;
// Nothing is optimized: how much code that makes depends on how often something ran, and it would be
// taken for what connections hold.
const v8Flags = ['--expose-gc', '--no-opt', '--no-sparkplug', '--no-maglev'];
/** Answers of the kernel and of timers that are still under way. */
const SETTLE_MS = 300;

export async function measureMemory() {
  const rows = [];
  for (const adapter of ['express', 'fastify']) {
    const rounds = [];
    for (let round = 0; round < ROUNDS; round++) {
      const [held, bare] = [await hold(adapter, 'with'), await hold(adapter, 'without')];
      rounds.push({
        connection: held.connection - bare.connection,
        request: held.request - bare.request,
      });
    }
    rows.push({
      adapter,
      connection: range(rounds.map(({ connection }) => connection)),
      request: range(rounds.map(({ request }) => request)),
      rounds: ROUNDS,
    });
  }
  return rows;
}

/** @returns what the whole application holds, per connection and per request */
async function hold(adapter, mode) {
  const instance = await startInstance(adapter, mode, v8Flags);
  const warm = await open(instance, WARM_UP);
  for (const socket of warm) send(socket, '/wait');
  const before = await settled(instance);
  const sockets = await open(instance, CONNECTIONS);
  const idle = await settled(instance);
  for (const socket of sockets) send(socket, '/wait');
  const busy = await settled(instance);
  await instance.stop();
  for (const socket of [...warm, ...sockets]) socket.destroy();
  return { connection: (idle - before) / CONNECTIONS, request: (busy - idle) / CONNECTIONS };
}

async function settled(instance) {
  await new Promise((resolve) => setTimeout(resolve, SETTLE_MS));
  return instance.memory();
}

/** Kept-alive connections that had one request each. */
async function open(instance, count) {
  const sockets = [];
  while (sockets.length < count) {
    sockets.push(...(await Promise.all(Array.from({ length: AT_ONCE }, () => openOne(instance)))));
  }
  return sockets;
}

async function openOne({ port }) {
  const socket = connect(port, '127.0.0.1');
  socket.on('error', () => {});
  send(socket, '/hello');
  await once(socket, 'data');
  socket.resume();
  return socket;
}

function send(socket, path) {
  socket.write(`GET ${path} HTTP/1.1\r\nHost: bench\r\n\r\n`);
}
