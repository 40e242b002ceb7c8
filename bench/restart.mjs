// What the command for graceful restart costs while nothing is restarted: requests a second through
// it, against the same application started without it. Paired, as in throughput.mjs: both services
// run at the same time and are loaded in turn; each round gives one ratio.
import { execFile, fork, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { get } from 'node:http';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';

import autocannon from 'autocannon';

import { median, quantile } from './instance.mjs';

const PAIRS = 3;
const ROUNDS = 12;
const SECONDS = 1;
const ADAPTER = 'express';
const START_MS = 30_000;
const KEPT = 50;
const FRESH = 20;
const command = join(import.meta.dirname, '..', 'dist', 'restart', 'command', 'command.js');
const app = join(import.meta.dirname, 'app.mjs');

/** Kept-alive clients, and some of which each request comes on a connection of its own. */
const loads = { kept: keptRate, fresh: freshRate };

const comparisons = {
  '1 worker against node': { ours: () => startCommand(1), other: startNode },
  '2 workers against node:cluster': { ours: () => startCommand(2), other: () => startCluster(2) },
  '2 workers against 1': { ours: () => startCommand(2), other: () => startCommand(1) },
};

export async function measureRestart() {
  for (const [name, { ours, other }] of Object.entries(comparisons)) {
    const ratios = { kept: [], fresh: [] };
    for (let pair = 0; pair < PAIRS; pair++) {
      const started =
        pair % 2 === 0 ? [await ours(), await other()] : [await other(), await ours()];
      const [us, them] = pair % 2 === 0 ? started : started.toReversed();
      for (const load of Object.keys(loads)) {
        ratios[load].push(...(await measurePair(us, them, loads[load])));
      }
      for (const service of started) await service.stop();
    }
    for (const [load, all] of Object.entries(ratios)) {
      console.log(`${name}, ${load.padEnd(5)} connections: requests a second ${spread(all)}`);
    }
  }
}

/** The median of the ratios, and their quartiles. */
function spread(ratios) {
  const [low, high] = [quantile(ratios, 0.25), quantile(ratios, 0.75)];
  return `${median(ratios).toFixed(3)} (${low.toFixed(3)} to ${high.toFixed(3)})`;
}

async function measurePair(us, them, rate) {
  for (const service of [us, them]) await rate(service);
  const ratios = [];
  for (let round = 0; round < ROUNDS; round++) {
    const order = round % 2 === 0 ? [us, them] : [them, us];
    const rates = new Map();
    for (const service of order) rates.set(service, await rate(service));
    ratios.push(rates.get(us) / rates.get(them));
  }
  return ratios;
}

async function keptRate({ port }) {
  const url = `http://127.0.0.1:${port}/hello`;
  const { requests, duration, non2xx, errors } = await autocannon({
    url,
    connections: KEPT,
    duration: SECONDS,
  });
  if (non2xx > 0 || errors > 0) throw new Error(`${non2xx + errors} requests failed`);
  return requests.total / duration;
}

/** By hand: told to connect again for each request, autocannon sends none at all. */
async function freshRate({ port }) {
  const begin = performance.now();
  let count = 0;
  const client = async () => {
    for (; performance.now() - begin < SECONDS * 1000; count++) {
      const request = get({ host: '127.0.0.1', port, path: '/hello', agent: false });
      const [response] = await once(request, 'response');
      response.resume();
      await once(response, 'end');
      if (response.statusCode !== 200) throw new Error(`status ${response.statusCode}`);
    }
  };
  await Promise.all(Array.from({ length: FRESH }, client));
  return count / ((performance.now() - begin) / 1000);
}

async function startNode() {
  const port = await freePort();
  const child = fork(app, [ADAPTER, 'with'], childOptions(port));
  await once(child, 'message');
  return { port, stop: () => end(child) };
}

async function startCluster(workers) {
  const port = await freePort();
  const primary = join(import.meta.dirname, 'cluster.mjs');
  const child = fork(primary, [ADAPTER, String(workers)], childOptions(port));
  await once(child, 'message');
  return { port, stop: () => end(child) };
}

async function startCommand(workers) {
  const port = await freePort();
  const folder = mkdtempSync(join(tmpdir(), 'nestjs-drain-bench-'));
  const control = join(folder, 'control');
  const options = ['--workers', workers, '--control', control];
  const child = spawn(process.execPath, [command, ...options, app, '--', ADAPTER, 'with'], {
    stdio: ['ignore', 'ignore', 'inherit'],
    env: childOptions(port).env,
  });
  await allReady(control, workers);
  const stop = async () => {
    await end(child);
    rmSync(folder, { recursive: true, force: true });
  };
  return { port, stop };
}

async function allReady(control, workers) {
  const question = [command, 'status', '--json', '--control', control];
  const latest = Date.now() + START_MS;
  while (Date.now() < latest) {
    const asked = promisify(execFile)(process.execPath, question);
    const status = await asked.then(
      ({ stdout }) => JSON.parse(stdout),
      () => undefined,
    );
    const ready = status?.workers.filter(({ phase }) => phase === 'ready') ?? [];
    if (ready.length === workers) return;
    await sleep(50);
  }
  throw new Error('the command did not get ready');
}

function childOptions(port) {
  return { stdio: ['ignore', 'ignore', 'inherit', 'ipc'], env: { ...process.env, PORT: port } };
}

/** Gracefully, so that workers leave, too. */
async function end(child) {
  const exited = once(child, 'exit');
  child.kill('SIGTERM');
  await exited;
}

async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  server.close();
  await once(server, 'close');
  return port;
}
