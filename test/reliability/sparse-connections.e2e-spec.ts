import { afterEach, describe, expect, it } from 'vitest';

import { BalancedLoad, between, LaggingBalancer } from '../support/balanced-load.js';
import { Relay } from '../support/relay.js';
import { endAll, start } from '../support/running-application.js';
import { times } from '../support/runs.js';

const relays: Relay[] = [];
afterEach(async () => {
  relays.splice(0).forEach((relay) => relay.cut());
  await endAll();
});

const RUNS = times(1, 20);
const CONNECTIONS = 400;
const LAG_MS = 500;
/** 40 % of it, when all have been told to go, is longer than the longest pause of busy clients. */
const GRACE_MS = 4500;
const busy = between(0, 1500);
/** Exponential, of 30 s on average. */
const rare = () => -30_000 * Math.log(1 - Math.random());
/** Half of a round trip. A client that sends as its connection is closed cannot know it yet. */
const DELAY_MS = 20;

interface Leave {
  readonly gracePeriodMs: number;
  readonly idleLingerMs?: number;
  readonly delayMs?: number;
  readonly pauseMs: () => number;
}

/** @returns what became of the clients of two instances, one of which has left */
async function leave({ delayMs = 0, pauseMs, ...options }: Leave): Promise<BalancedLoad> {
  const instances = await Promise.all([start({ options }), start()]);
  const ports = await Promise.all(instances.map(({ port }) => portBehind(port, delayMs)));
  const balancer = new LaggingBalancer(ports);
  const load = new BalancedLoad(balancer, { kept: CONNECTIONS, pauseMs });
  await load.reaches(CONNECTIONS);
  const [leaving, staying] = instances;
  leaving.signal('SIGTERM');
  const lagMs = Math.min(LAG_MS, options.gracePeriodMs);
  const [exit] = await Promise.all([leaving.exited, balancer.forget(ports[0]!, lagMs)]);
  await load.stop();
  staying.kill();
  expect(exit).toMatchObject({ code: 0, signal: null });
  return load;
}

async function portBehind(port: number, delayMs: number): Promise<number> {
  if (delayMs === 0) return port;
  const relay = await Relay.to(port, delayMs);
  relays.push(relay);
  return relay.port;
}

describe.each(Array.from({ length: RUNS }, (_, i) => i + 1))('run %i', () => {
  it('row 3: none of 400 connections with pauses of up to 1.5 s, 40 ms away, is reset', async () => {
    const load = await leave({ gracePeriodMs: GRACE_MS, delayMs: DELAY_MS, pauseMs: busy });
    expect(load.failed).toEqual([]);
    expect(load.hits.length).toBeGreaterThan(CONNECTIONS * 3);
  }, 120_000);

  it('row 3: none of 400 connections with pauses of 30 s on average is reset', async () => {
    const load = await leave({ gracePeriodMs: 1000, pauseMs: rare });
    expect(load.failed).toEqual([]);
  }, 120_000);
});

it('row 3: closing idle connections at once resets some, which shows that this test sees resets', async () => {
  const naive = { gracePeriodMs: 0, idleLingerMs: 0 };
  const load = await leave({ ...naive, delayMs: DELAY_MS, pauseMs: busy });
  expect(load.failed.filter(({ isNew }) => !isNew).length).toBeGreaterThan(0);
}, 120_000);
