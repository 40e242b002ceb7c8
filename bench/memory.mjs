// What the module keeps while nothing shuts down, in bytes: for each idle connection, and for each
// request under way on top of that.
// Two fresh applications a round, with the module and without it, hold the same; what one holds more
// than the other is the module's.
import { once } from 'node:events';
import { connect } from 'node:net';

import { median, quantile, startInstance } from './instance.mjs';

const ROUNDS = 5;
const CONNECTIONS = 5000;
/** Open before and after: by then what is compiled, cached and pooled once is there. */
const WARM_UP = 1500;
const AT_ONCE = 100;
// Nothing is optimized: how much code that makes depends on how often something ran, and it would be
// taken for what connections hold.
const v8Flags = ['--expose-gc', '--no-opt', '--no-sparkplug', '--no-maglev'];
/** Answers of the kernel and of timers that are still under way. */
const SETTLE_MS = 300;

export async function measureMemory() {
  for (const adapter of ['express', 'fastify']) {
    const rounds = [];
    for (let round = 0; round < ROUNDS; round++) {
      const [held, bare] = [await hold(adapter, 'with'), await hold(adapter, 'without')];
      rounds.push({
        connection: held.connection - bare.connection,
        request: held.request - bare.request,
      });
    }
    console.log(
      `${adapter.padEnd(8)} a connection: ${spread(rounds.map(({ connection }) => connection))}, ` +
        `a request under way: ${spread(rounds.map(({ request }) => request))}`,
    );
  }
}

/** The median, and the lowest and the highest. */
function spread(bytes) {
  const [low, high] = [quantile(bytes, 0), quantile(bytes, 1)];
  return `${median(bytes).toFixed(0)} bytes (${low.toFixed(0)} to ${high.toFixed(0)})`;
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
