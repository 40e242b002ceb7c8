// The same application under PM2, without this module: Nest's own hooks, and PM2's reload in cluster mode.
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';

import { freePort } from './command.mjs';

const NAME = 'bench';
const TIMEOUT_MS = 120_000;
const LOOK_AGAIN_MS = 50;
/** More than what is in flight takes; PM2's own is 1.6 s. */
const KILL_TIMEOUT_MS = 25_000;
const app = join(import.meta.dirname, '..', 'app.mjs');

/** It is no dependency, as its licence is the AGPL: it is measured where it is in the path. */
export async function hasPm2() {
  return promisify(execFile)('pm2', ['--version'], { env: environment(tmpdir()) }).then(
    () => true,
    () => false,
  );
}

export async function startPm2(workers) {
  const port = await freePort();
  const home = mkdtempSync(join(tmpdir(), 'nestjs-drain-bench-pm2-'));
  const pm2 = (...args) =>
    promisify(execFile)('pm2', args, { env: environment(home, port), timeout: TIMEOUT_MS });
  const file = join(home, 'ecosystem.config.json');
  writeFileSync(file, JSON.stringify({ apps: [settings(workers)] }));
  const stop = async () => {
    await pm2('kill');
    rmSync(home, { recursive: true, force: true, maxRetries: 5 });
  };
  try {
    await pm2('start', file);
    await answering(port);
  } catch (error) {
    await stop();
    throw error;
  }
  return { port, reload: () => pm2('reload', NAME), stop };
}

function settings(workers) {
  return {
    name: NAME,
    script: app,
    args: 'express without hooks',
    exec_mode: 'cluster',
    instances: workers,
    kill_timeout: KILL_TIMEOUT_MS,
  };
}

function environment(home, port) {
  return { ...process.env, HOME: home, PM2_HOME: home, ...(port && { PORT: String(port) }) };
}

async function answering(port) {
  const latest = Date.now() + TIMEOUT_MS;
  while (Date.now() < latest) {
    const isThere = await fetch(`http://127.0.0.1:${port}/`).then(
      () => true,
      () => false,
    );
    if (isThere) return;
    await sleep(LOOK_AGAIN_MS);
  }
  throw new Error('PM2 did not start the application');
}
