// What the module keeps while nothing shuts down, in bytes: for each idle connection, and for each
// request in flight on top of that.
// Two fresh applications a round, with the module and without it, hold the same; what one holds more
// than the other is the module's.
import { once } from 'node:events';
import { connect } from 'node:net';

import { startInstance } from './instance.mjs';
import { http1Get, http2Get, http2Preface, websocketUpgrade } from './support/handshakes.mjs';
import { sized } from './support/sizes.mjs';
import { range } from './support/statistics.mjs';

const ROUNDS = sized(5, 1);
const CONNECTIONS = sized(5000, 500);
/** Open before and after: by then what is compiled, cached and pooled once is there. */
const WARM_UP = sized(1500, 200);
const AT_ONCE = 100;
// Nothing is optimized, and no code is dropped that has not run for a while: how much that makes depends
// on how often something ran, and when, and it would be taken for what connections hold.
const v8Flags = ['--expose-gc', '--no-opt', '--no-sparkplug', '--no-maglev', '--no-flush-bytecode'];
/** Answers of the kernel and of timers that are still to come. */
const SETTLE_MS = 300;

/**
 * For each kind what opens a connection, which the server answers, and what makes it carry a request that
 * never ends.
 */
const kinds = {
  'HTTP/1.1': { open: http1Get('/hello'), request: http1Get('/wait') },
  'HTTP/2': {
    features: ['http2'],
    open: Buffer.concat([http2Preface(), http2Get('/hello', 1)]),
    request: http2Get('/wait', 3),
  },
  websocket: { features: ['websockets'], open: websocketUpgrade() },
};
/** Nest has HTTP/2 on Fastify only. */
const measured = [
  ['HTTP/1.1', 'express'],
  ['HTTP/1.1', 'fastify'],
  ['HTTP/2', 'fastify'],
  ['websocket', 'express'],
  ['websocket', 'fastify'],
];

export async function measureMemory() {
  const rows = [];
  for (const [name, adapter] of measured) {
    const rounds = [];
    for (let round = 0; round < ROUNDS; round++) {
      const held = await hold(kinds[name], adapter, 'with');
      const bare = await hold(kinds[name], adapter, 'without');
      rounds.push({
        connection: held.connection - bare.connection,
        request: held.request - bare.request,
      });
    }
    rows.push({
      kind: name,
      adapter,
      connection: range(rounds.map(({ connection }) => connection)),
      request: kinds[name].request && range(rounds.map(({ request }) => request)),
      rounds: ROUNDS,
    });
  }
  return rows;
}

/** @returns what the whole application holds, per connection and per request */
async function hold(kind, adapter, mode) {
  const instance = await startInstance(adapter, mode, v8Flags, kind.features);
  const warm = await open(instance, kind, WARM_UP);
  sendOn(warm, kind);
  const before = await settled(instance);
  const sockets = await open(instance, kind, CONNECTIONS);
  const idle = await settled(instance);
  sendOn(sockets, kind);
  const busy = await settled(instance);
  await instance.stop();
  for (const socket of [...warm, ...sockets]) socket.destroy();
  return { connection: (idle - before) / CONNECTIONS, request: (busy - idle) / CONNECTIONS };
}

async function settled(instance) {
  await new Promise((resolve) => setTimeout(resolve, SETTLE_MS));
  return instance.memory();
}

/** Kept connections that have been answered once. */
async function open({ port }, kind, count) {
  const sockets = [];
  while (sockets.length < count) {
    const some = Array.from({ length: AT_ONCE }, () => openOne(port, kind.open));
    sockets.push(...(await Promise.all(some)));
  }
  return sockets;
}

async function openOne(port, bytes) {
  const socket = connect(port, '127.0.0.1');
  socket.on('error', () => {});
  socket.write(bytes);
  await once(socket, 'data');
  return socket.resume();
}

function sendOn(sockets, { request }) {
  for (const socket of request === undefined ? [] : sockets) socket.write(request);
}
