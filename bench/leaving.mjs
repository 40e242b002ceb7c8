// How long the process lives on when it has nothing to do any more.
import http from 'node:http';
import { connect } from 'node:net';

import { median, startInstance } from './instance.mjs';

const RUNS = 9;
const KEPT = 20;
const IDLE = 5000;
const SILENT = 50;
/** Longer than idleLingerMs. */
const IDLE_FOR_MS = 1200;

export async function measureLeaving() {
  const empty = await repeat(() => emptyExit());
  console.log(`an empty Nest process, from SIGTERM to its end: ${empty.toFixed(0)} ms`);
  for (const adapter of ['express', 'fastify']) {
    const afterLast = await repeat(() => afterLastByte(adapter));
    console.log(
      `${adapter.padEnd(8)} ${KEPT} requests under way, from their last byte to the end: ` +
        `${afterLast.toFixed(0)} ms`,
    );
    const idle = await repeat(() => idleConnections(adapter), 3);
    console.log(
      `${adapter.padEnd(8)} ${IDLE} idle and ${SILENT} silent connections, from SIGTERM to the end: ` +
        `${idle.toFixed(0)} ms`,
    );
  }
}

async function repeat(measure, runs = RUNS) {
  const times = [];
  for (let run = 0; run < runs; run++) times.push(await measure());
  return median(times);
}

async function emptyExit() {
  const instance = await startInstance('express', 'without');
  const sentAt = instance.signal('SIGTERM');
  return (await instance.exited).at - sentAt;
}

async function afterLastByte(adapter) {
  const instance = await startInstance(adapter, 'with');
  const requests = Array.from({ length: KEPT }, () => get(instance.port, '/slow'));
  await Promise.all(requests.map(({ sent }) => sent));
  // All of them have reached their handlers when one that came later has been answered. Its
  // connection ends with it: each that is left has a request under way.
  await get(instance.port, '/hello', { keepAlive: false }).answered;
  instance.signal('SIGTERM');
  const answers = await Promise.all(requests.map(({ answered }) => answered));
  if (answers.some(({ connection }) => connection !== 'close')) throw new Error('kept alive');
  const exit = await cleanExit(instance);
  return exit.at - Math.max(...answers.map(({ at }) => at));
}

async function idleConnections(adapter) {
  const instance = await startInstance(adapter, 'with');
  const sockets = [];
  for (let i = 0; i < SILENT; i++) sockets.push(await open(instance.port));
  for (let i = 0; i < IDLE; i++) {
    const socket = await open(instance.port);
    sockets.push(socket);
    socket.write('GET /hello HTTP/1.1\r\nHost: bench\r\n\r\n');
    await new Promise((resolve) => socket.once('data', resolve));
  }
  await new Promise((resolve) => setTimeout(resolve, IDLE_FOR_MS));
  const sentAt = instance.signal('SIGTERM');
  const exit = await cleanExit(instance);
  for (const socket of sockets) socket.destroy();
  return exit.at - sentAt;
}

async function cleanExit(instance) {
  const exit = await instance.exited;
  if (exit.code !== 0) throw new Error(`exit ${exit.code} ${exit.signal}`);
  return exit;
}

function get(port, path, { keepAlive = true } = {}) {
  const agent = new http.Agent({ keepAlive });
  const request = http.get({ host: '127.0.0.1', port, path, agent });
  const answered = new Promise((resolve, reject) => {
    request.on('error', reject);
    request.on('response', (response) => {
      response.resume();
      response.on('end', () =>
        resolve({ connection: response.headers.connection, at: performance.now() }),
      );
    });
  });
  return { sent: new Promise((resolve) => request.on('finish', resolve)), answered };
}

async function open(port) {
  const socket = connect(port, '127.0.0.1');
  socket.on('error', () => {});
  await new Promise((resolve) => socket.once('connect', resolve));
  return socket;
}
