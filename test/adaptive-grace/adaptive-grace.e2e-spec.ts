import { setTimeout as sleep } from 'node:timers/promises';

import { afterEach, describe, expect, it } from 'vitest';

import type { GracefulShutdownOptions } from '../../src/index.js';
import { LATE_MS } from '../support/bounds.js';
import { attempt, isAnswer, keepAliveAgent, request } from '../support/http-client.js';
import { endAll, type RunningApplication, start } from '../support/running-application.js';

const GRACE_MS = 1000;
const DRAIN_MS = 3000;
const CLOSE_MS = 2000;

afterEach(endAll);

function startWith(options: GracefulShutdownOptions): Promise<RunningApplication> {
  return start({
    options: {
      gracePeriodMs: GRACE_MS,
      drainTimeoutMs: DRAIN_MS,
      closeTimeoutMs: CLOSE_MS,
      idleLingerMs: 100,
      ...options,
    },
  });
}

/** A balancer that has not noticed: one new connection after the other, until none is accepted. */
async function keepComing(app: RunningApplication): Promise<void> {
  while (isAnswer(await attempt(app.port, '/hello', { agent: false }))) await sleep(50);
}

async function probe(app: RunningApplication, times: number): Promise<number[]> {
  const statuses: number[] = [];
  for (let i = 0; i < times; i += 1) {
    statuses.push((await request(app.port, '/health/ready', { agent: false })).status);
  }
  return statuses;
}

/** How long the grace period took, by the application's own clock. */
async function graceMs(app: RunningApplication): Promise<number> {
  const [{ at: begin }, { at: end }] = await Promise.all([
    app.event('grace'),
    app.event('draining'),
  ]);
  return end - begin;
}

describe('a grace period that may be extended', () => {
  it('goes on while new connections come, up to its maximum, and the process ends in time', async () => {
    const app = await startWith({ maxGracePeriodMs: 2500 });
    const coming = keepComing(app);
    const hanging = attempt(app.port, '/hang');
    await app.event('handler');
    const sentAt = app.signal('SIGTERM');
    const ms = await graceMs(app);
    const [{ at }] = await Promise.all([app.exited, coming, hanging]);
    expect(ms).toBeGreaterThanOrEqual(2500 - 50);
    expect(ms).toBeLessThan(2500 + LATE_MS);
    // A request that hangs holds the drain to its end, which is where it was.
    expect(at - sentAt).toBeGreaterThan(GRACE_MS + DRAIN_MS - LATE_MS);
    expect(at - sentAt).toBeLessThan(GRACE_MS + DRAIN_MS + CLOSE_MS);
    expect(app.log).toMatch(
      /New connections still arrive: the grace period is extended until 1\.0 s pass without one, to 2\.5 s at most/,
    );
  });

  it('ends when no new connection has come for a second, probes aside', async () => {
    const options = { maxGracePeriodMs: GRACE_MS + DRAIN_MS };
    const [used, probed] = await Promise.all([startWith(options), startWith(options)]);
    for (const app of [used, probed]) app.signal('SIGTERM');
    await Promise.all([used.event('grace'), probed.event('grace')]);
    await sleep(GRACE_MS / 2);
    await Promise.all([request(used.port, '/hello', { agent: false }), probe(probed, 2)]);
    const [usedMs, probedMs] = await Promise.all([graceMs(used), graceMs(probed)]);
    expect(usedMs).toBeGreaterThan(GRACE_MS + 300);
    expect(usedMs).toBeLessThan(GRACE_MS + DRAIN_MS - LATE_MS);
    expect(probedMs).toBeLessThan(GRACE_MS + 300);
    expect((await used.exited).code).toBe(0);
    expect((await probed.exited).code).toBe(0);
    expect(probed.log).not.toContain('New connections still arrive');
  });
});

describe('a grace period that may end early', () => {
  const early = { gracePeriodMs: 8000, minGracePeriodMs: 500 };

  it('ends early if only probes came, and each got three failures', async () => {
    const app = await startWith(early);
    await probe(app, 2);
    app.signal('SIGTERM');
    await app.event('grace');
    expect(await probe(app, 3)).toEqual([503, 503, 503]);
    const ms = await graceMs(app);
    expect(ms).toBeGreaterThanOrEqual(500);
    expect(ms).toBeLessThan(8000 - LATE_MS);
    expect((await app.exited).code).toBe(0);
    expect(app.log).toMatch(/No new traffic: the grace period ended after \d\.\d s of 8\.0 s/);
  });

  it('ends early once a busy balancer has stopped, and cuts no client that was not told to go', async () => {
    const app = await startWith(early);
    const agent = keepAliveAgent();
    // All others by new connections. So many that silence is believed soon.
    const kept = attempt(app.port, '/slow?ms=100', { agent });
    await Promise.all(
      Array.from({ length: 20 }, async () => {
        for (let i = 0; i < 50; i += 1) await request(app.port, '/hello', { agent: false });
      }),
    );
    expect(await kept).toMatchObject({ status: 200 });
    app.signal('SIGTERM');
    await app.event('grace');
    await probe(app, 3);
    const under = attempt(app.port, '/slow?ms=3000', { agent });
    await app.event('draining');
    expect(await under).toMatchObject({ status: 200, connection: 'close' });
    expect(await graceMs(app)).toBeLessThan(8000 - LATE_MS);
    expect((await app.exited).code).toBe(0);
    agent.destroy();
  });

  it('does not end early after two failures only, or after a single request', async () => {
    const options = { gracePeriodMs: 2000, minGracePeriodMs: 200 };
    const [asked, used] = await Promise.all([startWith(options), startWith(options)]);
    await request(used.port, '/hello', { agent: false });
    for (const app of [asked, used]) app.signal('SIGTERM');
    await Promise.all([asked.event('grace'), used.event('grace')]);
    await Promise.all([probe(asked, 2), probe(used, 3)]);
    for (const app of [asked, used]) expect(await graceMs(app)).toBeGreaterThanOrEqual(2000 - 50);
    await Promise.all([asked.exited, used.exited]);
  });
});

it('by default, the grace period is as long as configured, whatever comes', async () => {
  const [quiet, busy] = await Promise.all([startWith({}), startWith({})]);
  const coming = keepComing(busy);
  for (const app of [quiet, busy]) app.signal('SIGTERM');
  await quiet.event('grace');
  await probe(quiet, 3);
  for (const app of [quiet, busy]) {
    const ms = await graceMs(app);
    expect(ms).toBeGreaterThanOrEqual(GRACE_MS - 50);
    expect(ms).toBeLessThan(GRACE_MS + LATE_MS);
  }
  await Promise.all([coming, quiet.exited, busy.exited]);
});
