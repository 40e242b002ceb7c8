// Services to load: under the command for graceful restart, and without it.
import { execFile, fork, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';

const ADAPTER = 'express';
const START_MS = 30_000;
const RELOAD_MS = 120_000;
const LOOK_AGAIN_MS = 50;
const bench = join(import.meta.dirname, '..');
const command = join(bench, '..', 'dist', 'cli', 'command.js');
const app = join(bench, 'app.mjs');

export async function startNode() {
  const port = await freePort();
  const child = fork(app, [ADAPTER, 'with'], childOptions(port));
  await once(child, 'message');
  return { port, stop: () => end(child) };
}

export async function startCluster(workers) {
  const port = await freePort();
  const primary = join(bench, 'cluster.mjs');
  const child = fork(primary, [ADAPTER, String(workers)], childOptions(port));
  await once(child, 'message');
  return { port, stop: () => end(child) };
}

export async function startCommand(workers) {
  const port = await freePort();
  const folder = mkdtempSync(join(tmpdir(), 'nestjs-drain-bench-'));
  const control = join(folder, 'control');
  const options = ['--workers', workers, '--control', control];
  const child = spawn(process.execPath, [command, ...options, app, '--', ADAPTER, 'with'], {
    stdio: ['ignore', 'ignore', 'inherit'],
    env: childOptions(port).env,
  });
  const stop = async () => {
    await end(child);
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    await allReady(control, workers);
  } catch (error) {
    await stop();
    throw error;
  }
  /** Resolves when new workers serve. */
  const reload = () => ask(['reload', '--wait', '--control', control], RELOAD_MS);
  return { port, reload, stop };
}

async function allReady(control, workers) {
  const latest = Date.now() + START_MS;
  while (Date.now() < latest) {
    const status = await ask(['status', '--json', '--control', control], START_MS).then(
      ({ stdout }) => JSON.parse(stdout),
      () => undefined,
    );
    const ready = status?.workers.filter(({ phase }) => phase === 'ready') ?? [];
    if (ready.length === workers) return;
    await sleep(LOOK_AGAIN_MS);
  }
  throw new Error('the command did not get ready');
}

function ask(question, timeout) {
  return promisify(execFile)(process.execPath, [command, ...question], { timeout });
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

export async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  server.close();
  await once(server, 'close');
  return port;
}
