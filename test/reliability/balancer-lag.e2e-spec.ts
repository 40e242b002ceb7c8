import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, afterEach, describe, expect, it } from 'vitest';

import type { ShutdownReport } from '../../src/index.js';
import type { FixtureConfig } from '../fixtures/config.js';
import { BalancedLoad, between, LaggingBalancer } from '../support/balanced-load.js';
import { SOON_MS } from '../support/bounds.js';
import { endAll, type Exit, start } from '../support/running-application.js';
import { times } from '../support/runs.js';

const folder = mkdtempSync(join(tmpdir(), 'nestjs-drain-'));
afterEach(endAll);
afterAll(() => rmSync(folder, { recursive: true }));

/** In an hour of a long run, both adapters at each lag. */
const RUNS = times(1, 20);
const REQUESTS = times(500, 10_000);
/** 500 requests a second, and more clients that take a connection for each. */
const shape = { kept: 64, fresh: 4, pauseMs: between(90, 150) };

interface Leave {
  readonly load: BalancedLoad;
  readonly exit: Exit;
  readonly log: string;
  readonly tookMs: number;
}

/** Two instances under load; one leaves, and the balancer learns of it later. */
async function leave(config: FixtureConfig, lagMs: number): Promise<Leave> {
  const { adapter } = config;
  const [leaving, staying] = await Promise.all([start(config), start({ adapter: adapter! })]);
  const balancer = new LaggingBalancer([leaving.port, staying.port]);
  const load = new BalancedLoad(balancer, shape);
  await load.reaches(shape.kept * 3);
  const sentAt = leaving.signal('SIGTERM');
  const [exit] = await Promise.all([leaving.exited, balancer.forget(leaving.port, lagMs)]);
  await load.reaches(REQUESTS);
  await load.stop();
  staying.kill();
  return { load, exit, log: leaving.log, tookMs: exit.at - sentAt };
}

describe.each(Array.from({ length: RUNS }, (_, i) => i + 1))('run %i', (run) => {
  const adapter = run % 2 === 0 ? 'express' : 'fastify';

  it.each([
    { lagMs: 200, gracePeriodMs: 1000 },
    { lagMs: 1000, gracePeriodMs: 2000 },
    { lagMs: 5000, gracePeriodMs: 6000 },
  ])(
    'row 1: behind a balancer that is $lagMs ms late, no request is lost, refused or reset in a grace period of $gracePeriodMs ms',
    async ({ lagMs, gracePeriodMs }) => {
      const { load, exit, tookMs } = await leave({ adapter, options: { gracePeriodMs } }, lagMs);

      expect(load.failed).toEqual([]);
      expect(load.hits.length).toBeGreaterThanOrEqual(REQUESTS);
      expect(exit).toMatchObject({ code: 0, signal: null });
      expect(tookMs).toBeLessThan(gracePeriodMs + load.p99Ms + SOON_MS);
    },
    120_000,
  );

  it('row 2: behind a balancer slower than the grace period, new connections are refused, kept ones lose nothing, and the advice says so', async () => {
    const reportFile = join(folder, `late-${run}.json`);
    const options = { gracePeriodMs: 1500, reportFile };
    const { load, exit, log } = await leave({ adapter, options }, 1500 + 2000);

    expect(exit).toMatchObject({ code: 0, signal: null });
    expect(load.failed.length).toBeGreaterThan(0);
    expect(new Set(load.failed.map(({ error }) => error))).toEqual(new Set(['ECONNREFUSED']));
    expect(load.failed.filter(({ isNew }) => !isNew)).toEqual([]);
    const report = JSON.parse(readFileSync(reportFile, 'utf8')) as ShutdownReport;
    expect(report.newConnections.late).toBeGreaterThan(0);
    expect(log).toMatch(
      /Advice: The last new connection came .* a grace period of 1\.\d s: raise gracePeriodMs/,
    );
  }, 120_000);

  it('row 23: a deferred foreign listener that would end the process waits for the end of the shutdown, and row 1 holds', async () => {
    const config: FixtureConfig = {
      adapter,
      quirks: ['foreign-exit'],
      options: { gracePeriodMs: 1000 },
      telemetry: { deferSignalListeners: 'all' },
    };
    const { load, exit, tookMs } = await leave(config, 200);

    expect(load.failed).toEqual([]);
    expect(exit).toMatchObject({ code: 0, signal: null });
    expect(tookMs).toBeGreaterThanOrEqual(1000);
  }, 120_000);
});
