import { setTimeout as sleep } from 'node:timers/promises';

import Bull from 'bull';
import { Queue } from 'bullmq';
import { firstValueFrom } from 'rxjs';
import { afterEach, describe, expect, it } from 'vitest';

import type { GracefulShutdownOptions } from '../../src/index.js';
import { type Broker, isInstalled, link, portOf, useBrokers } from '../microservices/transports.js';
import { BEFORE_DEADLINE_MS, LATE_MS } from '../support/bounds.js';
import { attempt, isAnswer } from '../support/http-client.js';
import { type RunningApplication, start } from '../support/running-application.js';

const requests = ['1', '2', '3', '4', '5', '6'];

interface Row {
  readonly consumer: string;
  readonly broker: Broker;
}

const rows: readonly Row[] = [
  { consumer: 'bullmq', broker: 'redis-server' },
  { consumer: 'bull', broker: 'redis-server' },
  { consumer: 'rmq', broker: 'rabbitmq-server' },
  { consumer: 'redis', broker: 'redis-server' },
  { consumer: 'nats', broker: 'nats-server' },
  { consumer: 'mqtt', broker: 'mosquitto' },
];
const transportOptions: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  nats: { queue: 'workers' },
};

let prefixes = 0;
const open: { close(): Promise<unknown> }[] = [];
const connectTo = useBrokers();

afterEach(async () => void (await Promise.all(open.splice(0).map((one) => one.close()))));

interface Started {
  readonly app: RunningApplication;
  /** Has somebody else send what the application consumes. */
  readonly sendForeign: (id: string) => Promise<unknown>;
}

async function startApp(
  consumer: string,
  options: GracefulShutdownOptions = {},
  env: NodeJS.ProcessEnv = {},
): Promise<Started> {
  const config = { program: 'own-consumer', options };
  if (!consumer.startsWith('bull')) {
    const to = await link(consumer, transportOptions[consumer]);
    const app = await start({ ...config, servers: [to.server] }, env);
    const client = await connectTo(to);
    return { app, sendForeign: (id) => firstValueFrom(client.send('work', { id } as never)) };
  }
  const prefix = `own-${++prefixes}`;
  const port = portOf('redis-server');
  const redis = { host: '127.0.0.1', port };
  const queue =
    consumer === 'bull'
      ? new Bull('own', { redis, prefix })
      : new Queue('own', { connection: redis, prefix });
  open.push(queue);
  const withRedis = { CONSUMER: consumer, REDIS_PORT: String(port), QUEUE_PREFIX: prefix, ...env };
  const app = await start(config, withRedis);
  const name = consumer === 'bull' ? '__default__' : 'foreign';
  return { app, sendForeign: (id) => queue.add(name, { id }) };
}

/** Requests that will have asked their own application for something after the signal. */
function ask({ app }: Started) {
  const answers = requests.map((id) => attempt(app.port, `/ask/${id}`));
  return Promise.all(answers);
}

/** Others send steadily. */
async function fill(send: Started['sendForeign'], over: AbortSignal): Promise<void> {
  for (let id = 0; !over.aborted; id++) {
    void send(`foreign ${id}`).catch(() => {});
    await sleep(20);
  }
}

function handled({ app }: Started, after = 0): string[] {
  return app.events
    .filter(({ name, at }) => name === 'handler' && at > after)
    .map(({ detail }) => String(detail));
}

const before = { REQUEST_MS: '700' };

describe.each(rows)('an application that waits for its own consumer ($consumer)', (row) => {
  const { consumer, broker } = row;

  it.skipIf(!isInstalled(broker))(
    'answers every request, and exits after the last answer',
    async () => {
      const started = await startApp(consumer, { gracePeriodMs: 300 }, before);
      const { app, sendForeign } = started;
      // Bull shows that somebody waits for its jobs by what it has been asked before.
      await attempt(app.port, '/ask/0');
      const answers = ask(started);
      await app.event('request', 1 + requests.length);
      const sentAt = app.signal('SIGTERM');
      // Others go on filling the queue, and do not hold the exit.
      const over = new AbortController();
      const filling = fill(sendForeign, over.signal);
      const outcomes = await answers;
      const exit = await app.exited;
      over.abort();
      await filling;

      expect(outcomes.map((one) => isAnswer(one) && one.body)).toEqual(
        requests.map((id) => `row ${id}`),
      );
      expect(exit).toMatchObject({ code: 0, signal: null });
      expect(exit.at - sentAt).toBeLessThan(BEFORE_DEADLINE_MS);
      const lastAt = Math.max(...outcomes.map((one) => (isAnswer(one) ? one.at : 0)));
      expect(handled(started, lastAt + LATE_MS)).toEqual([]);
    },
  );
});

describe.skipIf(!isInstalled('redis-server'))('consumers', () => {
  it('stop at the signal, if the application waits for another queue', async () => {
    const env = { ...before, LISTENS_TO: 'another' };
    const { app, sendForeign } = await startApp('bullmq', { gracePeriodMs: 1500 }, env);
    await sendForeign('1');
    await app.event('handler');
    app.signal('SIGTERM');
    await app.event('grace');
    await sendForeign('2');
    expect(await app.exited).toMatchObject({ code: 0, signal: null });
    expect(handled({ app, sendForeign })).toEqual(['1']);
  });

  it.each([
    { stopConsumers: 'at-signal', consumer: 'bullmq' },
    { stopConsumers: 'at-signal', consumer: 'redis' },
  ] as const)('stop $stopConsumers, if the options say so ($consumer)', async (row) => {
    const { stopConsumers, consumer } = row;
    const options = { stopConsumers, drainTimeoutMs: 2000, reportLog: 'none' } as const;
    const started = await startApp(consumer, options, before);
    const answers = ask(started);
    await started.app.event('request', requests.length);
    started.app.signal('SIGTERM');
    expect(await started.app.exited).toMatchObject({ code: 1, signal: null });
    expect((await answers).some(isAnswer)).toBe(false);
    expect(handled(started)).toEqual([]);
    expect(started.app.log).toMatch(
      /RequestController\.ask was cut .*: if it waits for .* set stopConsumers to 'after-requests'/,
    );
  });

  it('stop after the requests, if the options say so', async () => {
    const options = { stopConsumers: 'after-requests' } as const;
    const started = await startApp('bullmq', options, { ...before, LISTENS_TO: 'another' });
    const { app, sendForeign } = started;
    const answer = attempt(app.port, '/ask/1');
    await app.event('request');
    app.signal('SIGTERM');
    await app.event('draining');
    await sendForeign('foreign');
    await app.event('handler', 2);
    app.signal('SIGTERM');
    await Promise.all([answer, app.exited]);
    expect(handled(started).toSorted()).toEqual(['1', 'foreign']);
  });
});
