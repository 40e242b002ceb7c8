import { setTimeout as sleep } from 'node:timers/promises';

import { type Channel, type ChannelModel, connect } from 'amqplib';
import Bull from 'bull';
import { Queue } from 'bullmq';
import { Redis } from 'ioredis';
import { firstValueFrom, lastValueFrom } from 'rxjs';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';

import type { GracefulShutdownOptions } from '../../src/index.js';
import {
  type Broker,
  type Client,
  isInstalled,
  type Link,
  link,
  portOf,
  relayed,
  relayedClient,
  startBrokers,
  stopBrokers,
} from '../microservices/transports.js';
import { BEFORE_DEADLINE_MS, LATE_MS, SOON_MS } from '../support/bounds.js';
import { Relay } from '../support/relay.js';
import { endAll, type RunningApplication, start } from '../support/running-application.js';

const bootMs = 90_000;
const testMs = 60_000;
const TASK_MS = 700;
const SLOW_MS = 150;
const RETURN_MS = 100;
const BUDGET = { drainTimeoutMs: 2500, closeTimeoutMs: 2500 };
const BUDGET_MS = BUDGET.drainTimeoutMs + BUDGET.closeTimeoutMs;

let amqp: ChannelModel;
let channel: Channel;
let names = 0;
const open: { close(): Promise<unknown> }[] = [];
const relays: Relay[] = [];

beforeAll(async () => {
  await startBrokers();
  if (!isInstalled('rabbitmq-server')) return;
  amqp = await connect(`amqp://127.0.0.1:${portOf('rabbitmq-server')}`);
  channel = await amqp.createChannel();
}, bootMs);

afterEach(async () => {
  await endAll();
  for (const relay of relays.splice(0)) relay.cut();
  await Promise.all(open.splice(0).map((one) => one.close()));
});

afterAll(async () => {
  await amqp?.close();
  await stopBrokers();
});

/** An application behind a network of its own, and one who gives it a task. */
interface Consuming {
  readonly app: RunningApplication;
  readonly relays: readonly Relay[];
  /** Resolves when the task has begun. */
  readonly begin: () => Promise<unknown>;
  /** Of what the task is to achieve, how much its broker or its sender has been told. */
  readonly confirmed: () => Promise<number>;
}

interface Kind {
  readonly name: string;
  readonly broker: Broker;
  /** What `confirmed()` counts at the end of a task. */
  readonly all?: number;
  /** How the log names what was not confirmed. */
  readonly named: RegExp;
  readonly start: (options: GracefulShutdownOptions, delayMs?: number) => Promise<Consuming>;
}

function requests(name: string, broker: Broker): Kind {
  return {
    name: `${name}, requests`,
    broker,
    named: new RegExp(`participant ${name}: `),
    start: async (options, delayMs) => {
      const to = await link(name);
      const { client, ...started } = await startService(to, broker, options, delayMs);
      let replies = 0;
      const begin = async () => {
        const reply = client.send('work', { id: 1, ms: TASK_MS });
        reply.subscribe({ next: () => (replies += 1), error: () => {} });
        await started.app.event('handler');
      };
      return { ...started, begin, confirmed: async () => replies };
    },
  };
}

const events: Kind = {
  name: 'rmq, events that are acknowledged',
  broker: 'rabbitmq-server',
  named: /participant rmq: /,
  start: async (options, delayMs) => {
    const to = await link('rmq', { noAck: false });
    const { client, ...started } = await startService(to, 'rabbitmq-server', options, delayMs);
    const begin = async () => {
      await emit(client, TASK_MS);
      await started.app.event('handler');
    };
    const confirmed = async () => Number(await isEmpty(String(to.server.options['queue'])));
    return { ...started, begin, confirmed };
  },
};

/** Through a slow network, the handler and a hook publish to another queue, and do not wait for it. */
const golevelup: Kind = {
  name: '@golevelup/nestjs-rabbitmq',
  broker: 'rabbitmq-server',
  all: 3,
  named: /participant rabbitmq: /,
  start: async (options, delayMs) => {
    const relay = await relayTo('rabbitmq-server', delayMs);
    const RABBITMQ_URL = `amqp://127.0.0.1:${relay.port}`;
    const [QUEUE, next] = [`orders-${++names}`, `next-${names}`];
    for (const queue of [QUEUE, next]) await channel.assertQueue(queue, { durable: false });
    // A lost publish must not hide a lost acknowledgement.
    const env = { RABBITMQ_URL, QUEUE, ...(delayMs === undefined ? {} : { NEXT_QUEUE: next }) };
    const app = await start({ program: 'rabbitmq', options }, env);
    const begin = () => {
      channel.sendToQueue(QUEUE, Buffer.from(JSON.stringify({ id: 1, ms: TASK_MS })));
      return app.event('message-begins');
    };
    const confirmed = async () =>
      Number(await isEmpty(QUEUE)) + (await channel.checkQueue(next)).messageCount;
    return { app, relays: [relay], begin, confirmed };
  },
};

function jobs(kind: 'bullmq' | 'bull'): Kind {
  return {
    name: kind,
    broker: 'redis-server',
    named: /Cut: .*slow/,
    start: async (options, delayMs) => {
      const relay = await relayTo('redis-server', delayMs);
      const prefix = `broken-${++names}`;
      const redis = { host: '127.0.0.1', port: portOf('redis-server') };
      const env = { REDIS_PORT: String(relay.port), QUEUE_PREFIX: prefix };
      const app = await start({ program: kind, options }, env);
      const queue =
        kind === 'bull'
          ? new Bull('orders', { redis, prefix })
          : new Queue('orders', { connection: redis, prefix });
      open.push(queue);
      const begin = async () => {
        await queue.add('slow', { ms: TASK_MS });
        await app.event('job-begins');
      };
      return { app, relays: [relay], begin, confirmed: () => queue.getCompletedCount() };
    },
  };
}

async function startService(
  to: Link,
  broker: Broker,
  options: GracefulShutdownOptions,
  delayMs?: number,
) {
  const { relay, server } = await relayed(to, broker, delayMs);
  relays.push(relay);
  const app = await start({ program: 'microservice', servers: [server], options });
  const client = await to.connect();
  open.push(client);
  return { app, client, relays: [relay] };
}

async function relayTo(broker: Broker, delayMs?: number): Promise<Relay> {
  const relay = await Relay.to(portOf(broker), delayMs);
  relays.push(relay);
  return relay;
}

async function emit(client: Client, ms: number): Promise<void> {
  await lastValueFrom(client.emit!('event', { id: 1, ms }), { defaultValue: undefined });
}

/** Of a queue whose consumer has gone: what was not acknowledged is back after a moment. */
async function isEmpty(queue: string): Promise<boolean> {
  await sleep(RETURN_MS);
  return (await channel.checkQueue(queue)).messageCount === 0;
}

const all: readonly Kind[] = [
  requests('redis', 'redis-server'),
  requests('nats', 'nats-server'),
  requests('mqtt', 'mosquitto'),
  requests('rmq', 'rabbitmq-server'),
  events,
  jobs('bullmq'),
  jobs('bull'),
  // It is made for Nest 11 alone.
  ...(process.env['NEST'] === 'nest-11' ? [golevelup] : []),
];
const kinds = all.filter(({ broker }) => isInstalled(broker));

/**
 * All kinds side by side, because most of the time is waiting. They begin when all have started,
 * which is what keeps the processors busy.
 */
async function forEachKind(
  options: GracefulShutdownOptions,
  check: (kind: Kind, consuming: Consuming) => Promise<void>,
  delayMs?: number,
): Promise<void> {
  const started = await Promise.all(kinds.map((kind) => kind.start(options, delayMs)));
  await Promise.all(started.map((one, i) => check(kinds[i]!, one)));
}

describe.skipIf(kinds.length === 0)('a broker', () => {
  it(
    'that is slow to acknowledge is waited for, until it has confirmed everything',
    async () => {
      await forEachKind(
        {},
        async ({ name, all: count = 1 }, { app, begin, confirmed }) => {
          await begin();
          app.signal('SIGTERM');
          const { code, signal } = await app.exited;
          const seen = { name, code, signal, confirmed: await confirmed() };
          expect(seen).toEqual({ name, code: 0, signal: null, confirmed: count });
          expect(app.log).not.toContain('ERROR');
        },
        SLOW_MS,
      );
    },
    testMs,
  );

  it.each([
    ['disappears just before the signal', 'cut', 'before'],
    ['falls silent just before the signal', 'mute', 'before'],
    ['disappears during the drain', 'cut', 'during'],
    ['falls silent during the drain', 'mute', 'during'],
  ] as const)(
    'that %s holds neither the exit nor the hooks, and the exit code is 1',
    async (_, how, when) => {
      await forEachKind(BUDGET, async ({ name, named }, { app, relays: own, begin, confirmed }) => {
        await begin();
        const goes = () => own.forEach((relay) => relay[how]());
        if (when === 'before') goes();
        const sentAt = app.signal('SIGTERM');
        await app.event('draining');
        if (when === 'during') goes();
        const exit = await app.exited;
        for (const relay of own) relay.cut();
        const seen = {
          name,
          code: exit.code,
          isLate: exit.at - sentAt > BUDGET_MS + LATE_MS,
          hooks: app.order.includes('onModuleDestroy'),
          isNamed: named.test(app.log),
        };
        expect(seen).toEqual({ name, code: 1, isLate: false, hooks: true, isNamed: true });
        await expect.poll(confirmed, { message: name, timeout: SOON_MS }).toBe(0);
      });
    },
    testMs,
  );
});

it.skipIf(!isInstalled('redis-server')).each(['bullmq', 'bull'] as const)(
  'a Redis that refuses to record the end of a job is named, and the exit code is 1 (%s)',
  async (kind) => {
    const { app, begin, confirmed } = await jobs(kind).start({});
    const redis = new Redis({ host: '127.0.0.1', port: portOf('redis-server') });
    await begin();
    await redis.config('SET', 'min-replicas-to-write', '1');
    app.signal('SIGTERM');
    const exit = await app.exited;
    await redis.config('SET', 'min-replicas-to-write', '0');
    redis.disconnect();
    expect(exit).toMatchObject({ code: 1, signal: null });
    expect(app.log).toContain(`participant ${kind}: Redis has not recorded the end of 1 queue job`);
    expect(await confirmed()).toBe(0);
  },
);

it.skipIf(!isInstalled('rabbitmq-server'))(
  'a RabbitMQ message that does not end in time is cut, named, and goes back to its queue',
  async () => {
    const to = await link('rmq', { noAck: false });
    const servers = [to.server];
    const app = await start({
      program: 'microservice',
      servers,
      options: { drainTimeoutMs: 1000 },
    });
    const client = await to.connect();
    open.push(client);
    await emit(client, 60_000);
    await app.event('handler');
    app.signal('SIGTERM');
    expect(await app.exited).toMatchObject({ code: 1, signal: null });
    expect(app.log).toContain('Cut: rpc CallsController.event');
    expect(await isEmpty(String(to.server.options['queue']))).toBe(false);
  },
);

describe.each(['tcp', 'grpc'])('a caller by %s', (name) => {
  it('gets its reply if it is slow, and holds nothing if it disappears just before the signal', async () => {
    const to = await link(name);
    const app = await start({ program: 'microservice', servers: [to.server] });
    const slow = await relayedClient(to, SLOW_MS);
    const gone = await relayedClient(to);
    relays.push(slow.relay, gone.relay);
    open.push(slow.client, gone.client);
    const reply = firstValueFrom(slow.client.send('work', { id: 1, ms: TASK_MS }));
    gone.client.send('work', { id: 2, ms: TASK_MS }).subscribe({ error: () => {} });
    await app.event('handler', 2);
    gone.relay.cut();
    const sentAt = app.signal('SIGTERM');
    expect(await reply).toEqual({ id: 1 });
    const exit = await app.exited;
    expect(exit).toMatchObject({ code: 0, signal: null });
    expect(exit.at - sentAt).toBeLessThan(BEFORE_DEADLINE_MS);
  });
});
