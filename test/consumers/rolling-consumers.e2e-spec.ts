import Bull from 'bull';
import { Queue, QueueEvents } from 'bullmq';
import { firstValueFrom, timeout } from 'rxjs';
import { afterEach, describe, expect, it } from 'vitest';

import { isInstalled, link, portOf, useBrokers } from '../microservices/transports.js';
import { expectNothingLost, rollUnderLoad, type SharedWork } from '../support/rolling-consumers.js';
import { start } from '../support/running-application.js';

const rollingMs = 120_000;
const handlerMs = 50;
const replyTimeoutMs = 20_000;
const options = { gracePeriodMs: 100 };
const open: { close(): Promise<unknown> }[] = [];
let prefixes = 0;

const connectTo = useBrokers();
afterEach(async () => {
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
  const events = new QueueEvents('orders', { connection: redis, prefix, lastEventId: '0' });
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
  const client = await connectTo(to);
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
