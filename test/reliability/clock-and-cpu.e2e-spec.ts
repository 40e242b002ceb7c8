import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, afterEach, expect, it } from 'vitest';

import type { ShutdownReport } from '../../src/index.js';
import { BalancedLoad, between, LaggingBalancer } from '../support/balanced-load.js';
import { LATE_MS, SOON_MS } from '../support/bounds.js';
import { attempt, request } from '../support/http-client.js';
import { preloaded } from '../support/preload.js';
import { endAll, type RunningApplication, start } from '../support/running-application.js';
import { times } from '../support/runs.js';

const folder = mkdtempSync(join(tmpdir(), 'nestjs-drain-'));
afterEach(endAll);
afterAll(() => rmSync(folder, { recursive: true }));

const HOUR_MS = 3_600_000;
const LAG_MS = 300;
const REQUESTS = times(200, 10_000);
const lateMs = LAG_MS + LATE_MS;

function read(file: string): ShutdownReport {
  return JSON.parse(readFileSync(file, 'utf8')) as ShutdownReport;
}

it.each([
  ['forwards', HOUR_MS],
  ['back', -HOUR_MS],
])('row 24: a wall clock that is set an hour %s moves no deadline', async (direction, jumpMs) => {
  const reportFile = join(folder, `${direction}.json`);
  const options = { gracePeriodMs: 600, drainTimeoutMs: 1500, closeTimeoutMs: 1000, reportFile };
  const app = await start({ options }, preloaded('clock-jump', { CLOCK_JUMP_MS: String(jumpMs) }));
  const hanging = attempt(app.port, '/hang');
  await app.event('handler');
  const sentAt = app.signal('SIGTERM');
  await app.event('draining');
  app.signal('SIGUSR2');
  await hanging;
  const exit = await app.exited;

  // The jump was real: what tells the time of day has seen it.
  const closing = await app.event('closing');
  expect(Math.abs(closing.at - exit.at - jumpMs)).toBeLessThan(10_000);
  const states = read(reportFile).states.map(({ ms }) => ms);
  // Grace, draining, forcing; Nest closes at once.
  [600, 1200, 300].forEach((ms, i) => expect(Math.abs(states[i]! - ms)).toBeLessThan(LATE_MS));
  expect(exit.at - sentAt).toBeGreaterThanOrEqual(2100);
  expect(exit.at - sentAt).toBeLessThan(2100 + SOON_MS);
});

/** As a CPU limit of a quarter does: it runs for 25 ms of each 100. */
function throttle(app: RunningApplication): () => void {
  const stop = setInterval(() => {
    app.signal('SIGSTOP');
    setTimeout(() => app.signal('SIGCONT'), 75);
  }, 100);
  return () => clearInterval(stop);
}

/** @returns the clients of two instances, of which one that is hampered has left */
async function leave(
  hampered: RunningApplication,
  hamper: () => () => void,
): Promise<BalancedLoad> {
  const staying = await start();
  const balancer = new LaggingBalancer([hampered.port, staying.port]);
  const load = new BalancedLoad(balancer, { kept: 16, fresh: 2, pauseMs: between(150, 250) });
  await load.reaches(50);
  const release = hamper();
  hampered.signal('SIGTERM');
  const [exit] = await Promise.all([hampered.exited, balancer.forget(hampered.port, 1000)]);
  release();
  await load.reaches(REQUESTS);
  await load.stop();
  staying.kill();
  expect(exit).toMatchObject({ code: 0, signal: null });
  return load;
}

it('row 25: with an event loop that lags by 300 ms, no request is lost', async () => {
  const env = preloaded('loop-lag', { LOOP_LAG_MS: String(LAG_MS) });
  const lagging = await start({ options: { gracePeriodMs: 2000 } }, env);
  const load = await leave(lagging, () => () => {});
  expect(load.failed).toEqual([]);
  expect(load.hits.length).toBeGreaterThanOrEqual(REQUESTS);
});

it('row 25: with a quarter of a processor, no request is lost', async () => {
  const limited = await start({ options: { gracePeriodMs: 2500 } });
  const load = await leave(limited, () => throttle(limited));
  expect(load.failed).toEqual([]);
});

it('row 25: with an event loop that lags by 300 ms, deadlines are late by that at most', async () => {
  const reportFile = join(folder, 'lagging.json');
  const options = { gracePeriodMs: 600, drainTimeoutMs: 1500, reportFile };
  const env = preloaded('loop-lag', { LOOP_LAG_MS: String(LAG_MS) });
  const app = await start({ options }, env);
  await request(app.port, '/hello', { agent: false });
  const hanging = attempt(app.port, '/hang');
  await app.event('handler');
  app.signal('SIGTERM');
  await hanging;
  expect(await app.exited).toMatchObject({ code: 1, signal: null });
  const [grace, draining, forcing] = read(reportFile).states;
  expect(grace!.ms).toBeGreaterThanOrEqual(599);
  expect(grace!.ms).toBeLessThan(600 + lateMs);
  // Counted from the begin: what was late before takes nothing from the end.
  expect(draining!.atMs + draining!.ms).toBeLessThan(600 + 1200 + lateMs);
  expect(forcing!.atMs + forcing!.ms).toBeLessThan(600 + 1500 + lateMs);
});
