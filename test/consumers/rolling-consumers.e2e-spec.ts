import Bull from 'bull';
import { Queue, QueueEvents } from 'bullmq';
import { firstValueFrom, timeout } from 'rxjs';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';

import {
  isInstalled,
  link,
  portOf,
  startBrokers,
  stopBrokers,
} from '../microservices/transports.js';
import { LATE_MS } from '../support/bounds.js';
import { Relay } from '../support/relay.js';
import { expectNothingLost, rollUnderLoad, type SharedWork } from '../support/rolling-consumers.js';
import { endAll, start } from '../support/running-application.js';

const bootMs = 90_000;
const rollingMs = 120_000;
const handlerMs = 50;
const replyTimeoutMs = 20_000;
const options = { gracePeriodMs: 100 };
const open: { close(): Promise<unknown> }[] = [];
const relays: Relay[] = [];
let prefixes = 0;

beforeAll(startBrokers, bootMs);
afterAll(stopBrokers);
afterEach(async () => {
  await endAll();
  for (const relay of relays.splice(0)) relay.cut();
  await Promise.all(open.splice(0).map((one) => one.close()));
});

function jobs(program: string) {
  const port = portOf('redis-server');
  const prefix = `rolling-${++prefixes}`;
  const env = { REDIS_PORT: String(port), QUEUE_PREFIX: prefix };
  return {
    redis: { host: '127.0.0.1', port },
    prefix,
    start: () => start({ program, options }, env),
    begins: 'job-begins',
    ends: 'job-ends',
  };
}

async function bullMqJobs(): Promise<SharedWork> {
  const { redis, prefix, ...work } = jobs('bullmq');
  const queue = new Queue('orders', { connection: redis, prefix });
  const events = new QueueEvents('orders', { connection: redis, prefix });
  open.push(queue, events);
  await events.waitUntilReady();
  return {
    ...work,
    send: async (id) => {
      const job = await queue.add(String(id), { ms: handlerMs });
      return job.waitUntilFinished(events, replyTimeoutMs);
    },
  };
}

async function bullJobs(): Promise<SharedWork> {
  const { redis, prefix, ...work } = jobs('bull');
  const queue = new Bull('orders', { redis, prefix });
  // Each job that is waited for listens.
  queue.setMaxListeners(0);
  open.push(queue);
  await queue.isReady();
  return {
    ...work,
    send: async (id) => (await queue.add(String(id), { ms: handlerMs })).finished(),
  };
}

/** Every instance gets each message, and the first reply counts. */
async function redisMessages(): Promise<SharedWork> {
  const to = await link('redis');
  const client = await to.connect();
  open.push(client);
  return {
    start: () => start({ program: 'microservice', servers: [to.server], options }),
    send: (id) =>
      firstValueFrom(client.send('work', { id, ms: handlerMs }).pipe(timeout(replyTimeoutMs))),
    begins: 'handler',
    ends: 'handled',
  };
}

describe.skipIf(!isInstalled('redis-server'))('rolling restarts of two instances', () => {
  it.each([
    { kind: 'bullmq', share: bullMqJobs, copies: 1 },
    { kind: 'bull', share: bullJobs, copies: 1 },
    { kind: 'redis', share: redisMessages, copies: 3 },
  ])(
    'lose nothing, do nothing twice, and answer everything ($kind)',
    async ({ share, copies }) => {
      const rolled = await rollUnderLoad(await share());
      expectNothingLost(rolled, copies);
      expect(rolled.log).not.toMatch(/ERROR|the pool is closed/);
    },
    rollingMs,
  );
});

describe.skipIf(!isInstalled('redis-server'))('a Redis', () => {
  const budget = { drainTimeoutMs: 2500, closeTimeoutMs: 2500 };

  /** An application with one job in flight, behind a network of its own. */
  async function startBehindRelay(kind: 'bullmq' | 'bull', delayMs: number) {
    const { redis, prefix } = jobs(kind);
    const relay = await Relay.to(redis.port, delayMs);
    relays.push(relay);
    const env = { REDIS_PORT: String(relay.port), QUEUE_PREFIX: prefix };
    const app = await start({ program: kind, options: budget }, env);
    const queue =
      kind === 'bull'
        ? new Bull('orders', { redis, prefix })
        : new Queue('orders', { connection: redis, prefix });
    open.push(queue);
    const job = await queue.add('slow', { ms: 700 });
    await app.event('job-begins');
    return { app, relay, job };
  }

  it.each(['bullmq', 'bull'] as const)(
    'that is slow is waited for, so that finished jobs are recorded (%s)',
    async (kind) => {
      const { app, job } = await startBehindRelay(kind, 200);
      app.signal('SIGTERM');
      expect(await app.exited).toMatchObject({ code: 0, signal: null });
      expect(await job.getState()).toBe('completed');
    },
  );

  it.each(['bullmq', 'bull'] as const)(
    'that is silent holds the exit no longer than the budget, and the result is not clean (%s)',
    async (kind) => {
      const { app, relay } = await startBehindRelay(kind, 0);
      const sentAt = app.signal('SIGTERM');
      await app.event('draining');
      relay.mute();
      const exit = await app.exited;
      expect(exit).toMatchObject({ code: 1, signal: null });
      expect(exit.at - sentAt).toBeLessThan(2500 + 2500 + LATE_MS);
      expect(app.log).toMatch(/Cut: .*slow/);
    },
  );
});
