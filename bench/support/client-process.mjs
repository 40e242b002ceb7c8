// Clients that open their connections, say so, and say how each ended when all have:
// `node client-process.mjs <idle|silent|requests|last-requests|websockets> <port> <count>`.
import { once } from 'node:events';
import { connect } from 'node:net';

import { WebSocket } from 'ws';

import { now } from './clock.mjs';

const [, , kind, port, count] = process.argv;
/** Fewer than wait in the queue of a listener. */
const AT_ONCE = 100;

/** Each opens one connection. @returns how it ended, and when its client had all that it wanted */
const open = { idle, silent, requests, 'last-requests': requests, websockets }[kind];

const ends = [];
while (ends.length < Number(count)) {
  const batch = Math.min(AT_ONCE, Number(count) - ends.length);
  const opened = await Promise.all(Array.from({ length: batch }, open));
  ends.push(...opened.map(({ ended }) => ended));
}
process.once('disconnect', () => process.exit());
process.send('open');
const all = await Promise.all(ends);
const outcomes = {};
for (const { outcome } of all) outcomes[outcome] = (outcomes[outcome] ?? 0) + 1;
process.send({ outcomes, lastAt: Math.max(...all.map(({ at }) => at)) });

/** A connection that is kept after its request. */
async function idle() {
  const { socket, closed } = await connected();
  socket.write(get('/hello'));
  await once(socket, 'data');
  return { ended: closed.then((end) => ({ outcome: end, at: now() })) };
}

/** A connection on which nothing is sent. */
async function silent() {
  const { closed } = await connected();
  return { ended: closed.then((end) => ({ outcome: end, at: now() })) };
}

/** A request that is answered when the application is told to. */
async function requests() {
  const { socket, closed } = await connected();
  socket.setEncoding('latin1');
  let response = '';
  let at;
  socket.on('data', (data) => {
    response += data;
    at = now();
  });
  socket.write(get('/held', kind === 'last-requests' ? 'close' : 'keep-alive'));
  const outcome = (end) => (isWhole(response) ? 'answered' : `${end} after: ${response}`);
  return { ended: closed.then((end) => ({ outcome: outcome(end), at })) };
}

async function websockets() {
  const client = new WebSocket(`ws://127.0.0.1:${port}/`, { perMessageDeflate: false });
  client.on('error', () => {});
  const ended = once(client, 'close').then(([code]) => ({ outcome: String(code), at: now() }));
  await once(client, 'open');
  return { ended };
}

/** And its connection ends with it. */
function isWhole(response) {
  return (
    response.startsWith('HTTP/1.1 200') &&
    /^connection: close\r$/im.test(response) &&
    response.endsWith('{"held":true}')
  );
}

async function connected() {
  const socket = connect(Number(port), '127.0.0.1');
  let error;
  socket.on('error', ({ code }) => (error = code));
  const closed = once(socket, 'close').then(() => error ?? 'ended');
  await once(socket, 'connect');
  return { socket, closed };
}

function get(path, connection = 'keep-alive') {
  return `GET ${path} HTTP/1.1\r\nHost: bench\r\nConnection: ${connection}\r\n\r\n`;
}
