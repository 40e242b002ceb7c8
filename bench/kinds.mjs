// How long the process lives on after the work that it has waited for, for each kind of work; and
// after its budget, if that work never ends.
// The applications and clients are those of the tests. All kinds are measured once in each round,
// so that what else the machine does hits all of them.
import { once } from 'node:events';
import http from 'node:http';
import { join } from 'node:path';

import { Logger } from '@nestjs/common';
import { ClientKafka, Transport } from '@nestjs/microservices';
import { Queue } from 'bullmq';
import { firstValueFrom, lastValueFrom } from 'rxjs';
import { runnerImport } from 'vite';

import { sized } from './support/sizes.mjs';
import { range } from './support/statistics.mjs';

const ROUNDS = sized(7, 1);
const WORK_MS = 500;
const ROUNDS_FOR_EVER = sized(3, 1);
const FOR_EVER_MS = 600_000;
/** Nothing is left for the hooks: as late as it can be. */
const budget = { drainTimeoutMs: 1000, closeTimeoutMs: 0 };

const tests = join(import.meta.dirname, '..', 'test');
const load = async (path) => (await runnerImport(join(tests, path))).module;
const { start } = await load('support/running-application.ts');
const { Http2Client } = await load('support/http2-client.ts');
const { openStream } = await load('support/stream-client.ts');
const { WebSocketClient } = await load('support/web-socket-client.ts');
const { FakeKafka } = await load('support/fake-kafka.ts');
const { findProgram, startRedis } = await load('support/server-process.ts');
const { link, startBrokers, stopBrokers } = await load('microservices/transports.ts');

/**
 * For each kind the application, and what begins work that takes `ms`. It tells when that
 * has `ended`, as a client saw it, or as the application did where no client waits.
 */
const kinds = {
  http: {
    config: {},
    begin: async (app, _, ms) => {
      const answered = get(app.port, `/slow?ms=${ms}`);
      await app.event('handler');
      return { ended: answered };
    },
  },
  http2: {
    config: { program: 'streams', adapter: 'fastify', http2: true },
    begin: async (app, _, ms) => {
      const client = await Http2Client.open(app.port);
      const answered = client.request(`/slow/one?ms=${ms}`).then(Date.now);
      await app.event('handler');
      return { ended: answered };
    },
  },
  'event stream that ends': {
    config: { program: 'streams', adapter: 'express' },
    begin: async (app, _, ms) => {
      const stream = await openStream(app.port, `/waited?count=${ms / 100}`);
      await stream.until('data');
      return { ended: stream.end.then(({ at }) => at) };
    },
  },
  'event stream without end': {
    config: { program: 'streams', adapter: 'express' },
    isEnded: true,
    begin: async (app) => {
      const stream = await openStream(app.port, '/events');
      await stream.until('data');
      return { ended: app.event('draining').then(({ at }) => at) };
    },
  },
  websocket: {
    config: { program: 'websockets' },
    begin: async (app, _, ms) => {
      const client = await WebSocketClient.open(app.port);
      client.send('slow', ms);
      await app.event('handler');
      return { ended: once(client.socket, 'message').then(Date.now) };
    },
  },
  tcp: microservice('tcp'),
  grpc: microservice('grpc'),
  redis: microservice('redis', 'redis-server'),
  nats: microservice('nats', 'nats-server'),
  mqtt: microservice('mqtt', 'mosquitto'),
  rmq: microservice('rmq', 'rabbitmq-server'),
  'kafka (a stand-in)': {
    prepare: async () => {
      const broker = await FakeKafka.start();
      const client = { brokers: [`127.0.0.1:${broker.port}`], logLevel: 0 };
      const options = { client, subscribe: { fromBeginning: true } };
      const servers = [{ transport: Transport.KAFKA, options }];
      return { config: { program: 'microservice', servers }, link: { broker, client } };
    },
    begin: async (app, { broker, client }, ms) => {
      const sender = new ClientKafka({ client, producerOnlyMode: true });
      await lastValueFrom(sender.emit('event', { id: 1, ms }));
      await app.event('handler');
      app.exited.then(() => sender.close()).then(() => broker.stop());
      return { ended: app.event('handled').then(({ at }) => at) };
    },
  },
  bullmq: {
    broker: 'redis-server',
    prepare: async () => {
      const redis = await startRedis();
      const env = { REDIS_PORT: String(redis.port) };
      return { config: { program: 'bullmq' }, env, link: redis };
    },
    begin: async (app, redis, ms) => {
      const queue = new Queue('orders', { connection: { host: '127.0.0.1', port: redis.port } });
      await queue.add('order', { ms });
      await app.event('job-begins');
      app.exited.then(() => queue.close()).then(() => redis.stop());
      return { ended: app.event('job-ends').then(({ at }) => at) };
    },
  },
  cron: {
    config: { program: 'schedule' },
    env: (ms) => ({ TICK_MS: String(ms) }),
    begin: async (app) => {
      await app.until('a tick', () => ticks(app, 'tick').includes('nightly'));
      return {
        ended: app.exited.then(() => app.events.findLast(({ name }) => name === 'tick-ends').at),
      };
    },
  },
  'tracked work': {
    config: {},
    begin: async (app, _, ms) => {
      await get(app.port, `/background?ms=${ms}`);
      return { ended: app.event('work-ends').then(({ at }) => at) };
    },
  },
};

export async function measureKinds() {
  Logger.overrideLogger(false);
  (await load('global-setup.ts')).default();
  const measured = Object.entries(kinds).filter(
    ([, { broker }]) => broker === undefined || findProgram(broker) !== undefined,
  );
  await startBrokers();
  try {
    const afterWork = await repeat(ROUNDS, measured, leave);
    const endless = measured.filter(([, { isEnded }]) => !isEnded);
    const afterBudget = await repeat(ROUNDS_FOR_EVER, endless, leaveWorkThatNeverEnds);
    return Object.keys(kinds).map((kind) => ({
      kind,
      rounds: ROUNDS,
      roundsForEver: ROUNDS_FOR_EVER,
      // Undefined where its broker is not installed.
      ms: rangeOf(afterWork.get(kind)),
      afterBudgetMs: rangeOf(afterBudget.get(kind)),
    }));
  } finally {
    await stopBrokers();
  }
}

function rangeOf(times) {
  return times && range(times);
}

/** @returns the times of each kind */
async function repeat(rounds, measured, measure) {
  const times = new Map(measured.map(([name]) => [name, []]));
  for (let round = 0; round < rounds; round++) {
    for (const [name, kind] of measured) times.get(name).push(await measure(kind));
  }
  return times;
}

/** From the end of the work to the end of the process. */
async function leave(kind) {
  const { app, ended } = await beginWork(kind, WORK_MS);
  app.signal('SIGTERM');
  const exit = await app.exited;
  if (exit.code !== 0) throw new Error(`exit ${exit.code} ${exit.signal}:\n${app.log}`);
  return exit.at - (await ended);
}

/** From the end of the budget to the end of the process. */
async function leaveWorkThatNeverEnds(kind) {
  const { app, ended } = await beginWork(kind, FOR_EVER_MS, budget);
  ended.catch(() => {});
  const sentAt = app.signal('SIGTERM');
  const exit = await app.exited;
  if (exit.code !== 1 || !/Cut: \w/.test(app.log))
    throw new Error(`exit ${exit.code}:\n${app.log}`);
  return exit.at - sentAt - budget.drainTimeoutMs;
}

async function beginWork({ prepare, begin, ...fixed }, ms, options = {}) {
  const { config, env, link: to } = { ...fixed, ...(await prepare?.()) };
  const app = await start({ ...config, options }, typeof env === 'function' ? env(ms) : env);
  return { app, ...(await begin(app, to, ms)) };
}

function microservice(transport, broker) {
  return {
    broker,
    prepare: async () => {
      const to = await link(transport);
      return { config: { program: 'microservice', servers: [to.server] }, link: to };
    },
    begin: async (app, to, ms) => {
      const client = await to.connect();
      const replied = firstValueFrom(client.send('work', { id: 1, ms })).then(Date.now);
      await app.event('handler');
      app.exited.then(() => client.close());
      return { ended: replied };
    },
  };
}

/** On a connection of its own, which ends with the response. */
async function get(port, path) {
  const request = http.get({ host: '127.0.0.1', port, path, agent: false });
  const [response] = await once(request, 'response');
  response.resume();
  await once(response, 'end');
  return Date.now();
}

function ticks({ events }, name) {
  return events.filter((event) => event.name === name).map(({ detail }) => detail);
}
