import { type Channel, type ChannelModel, connect, type ConsumeMessage } from 'amqplib';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';

import type { GracefulShutdownOptions } from '../../src/index.js';
import { expectNothingLost, rollUnderLoad } from '../support/rolling-consumers.js';
import { endAll, type RunningApplication, start } from '../support/running-application.js';
import { findProgram, type ServerProcess, startRabbitMq } from '../support/server-process.js';

// @golevelup/nestjs-rabbitmq is made for Nest 11 alone.
const isSkipped = process.env['NEST'] !== 'nest-11' || findProgram('rabbitmq-server') === undefined;

/** RabbitMQ sends what is published here to the channel that asked. */
const REPLIES = 'amq.rabbitmq.reply-to';
const REPLY_WITHIN_MS = 10_000;

describe.skipIf(isSkipped)('@golevelup/nestjs-rabbitmq', () => {
  let server: ServerProcess;
  let client: ChannelModel;
  let channel: Channel;
  let tests = 0;
  let queue = '';
  let sent = 0;

  beforeAll(async () => {
    server = await startRabbitMq();
    client = await connect(url());
    channel = await client.createChannel();
  }, 60_000);

  beforeEach(async () => {
    queue = `orders-${++tests}`;
    await channel.assertQueue(queue, { durable: false });
    sent = 0;
  });

  afterEach(endAll);

  afterAll(async () => {
    await client.close();
    await server.stop();
  });

  function url(): string {
    return `amqp://127.0.0.1:${server.port}`;
  }

  function startApp(
    options: GracefulShutdownOptions = {},
    env: NodeJS.ProcessEnv = {},
  ): Promise<RunningApplication> {
    const program = 'rabbitmq';
    return start({ program, options }, { RABBITMQ_URL: url(), QUEUE: queue, ...env });
  }

  function send(ms?: number): void {
    sendNumbered(++sent, ms);
  }

  function sendNumbered(id: number, ms?: number): void {
    channel.sendToQueue(queue, Buffer.from(JSON.stringify({ id, ms })));
  }

  it('loses nothing and handles nothing twice in rolling restarts, and every reply arrives', async () => {
    const replies = new Map<string, () => void>();
    const reply = ({ properties }: ConsumeMessage) => replies.get(properties.correlationId)!();
    await channel.consume(REPLIES, (message) => reply(message!), { noAck: true });
    await channel.assertQueue(`${queue}-requests`, { durable: false });
    const ask = (id: number) => {
      const content = Buffer.from(JSON.stringify({ id, ms: 30 }));
      const correlationId = String(id);
      channel.sendToQueue(`${queue}-requests`, content, { replyTo: REPLIES, correlationId });
      const signal = AbortSignal.timeout(REPLY_WITHIN_MS);
      return new Promise<void>((resolve, reject) => {
        replies.set(correlationId, resolve);
        signal.addEventListener('abort', reject);
      });
    };
    const rolled = await rollUnderLoad({
      start: () => startApp({ gracePeriodMs: 100 }),
      // Every other message is one without a reply.
      send: async (id) => (id % 2 === 0 ? ask(id) : sendNumbered(id, 30)),
      begins: 'message-begins',
      ends: 'message-ends',
    });
    expectNothingLost(rolled);
    expect(rolled.log).not.toMatch(/WARN|ERROR/);
  }, 120_000);

  it('leaves other messages to the remaining instance, which handles each once', async () => {
    const [leaving, staying] = await Promise.all([
      startApp({ gracePeriodMs: 300 }),
      startApp({ gracePeriodMs: 300 }),
    ]);
    while (sent < 20) send(200);
    await leaving.event('message-ends', 3);
    const begun = idsOf('message-begins', leaving).length;
    leaving.signal('SIGTERM');
    const isGone = leaving.exited.then(() => true);
    while (!(await Promise.race([isGone, sleep(5, false)]))) send(50);

    expect(await leaving.exited).toMatchObject({ code: 0, signal: null });
    await staying.event('message-ends', sent - idsOf('message-ends', leaving).length);
    expect(idsOf('message-ends', leaving, staying)).toEqual(idsUpTo(sent));
    // Each that it was given is one that it finished; the last ones came before its cancellation.
    expect(idsOf('message-begins', leaving)).toEqual(idsOf('message-ends', leaving));
    expect(idsOf('message-begins', leaving).length).toBeLessThan(begun + 10);
    expect(leaving.order.lastIndexOf('message-ends')).toBeLessThan(
      leaving.order.indexOf('onModuleDestroy'),
    );
    expect(leaving.log).not.toMatch(/WARN|ERROR/);
  });

  it('gives a message that does not end in time back to its queue, for the next instance', async () => {
    const leaving = await startApp({ drainTimeoutMs: 500, closeTimeoutMs: 300 });
    send(0);
    send();
    send();
    await leaving.event('message-ends');
    await leaving.event('message-begins', 3);
    leaving.signal('SIGTERM');
    expect(await leaving.exited).toMatchObject({ code: 1, signal: null });
    expect(leaving.log).toMatch(/Cut: rabbitmq \(2\)/);

    const next = await startApp();
    await next.event('message-begins', 2);
    expect(idsOf('message-begins', next)).toEqual([2, 3]);
  });

  it('takes nothing after a connection that was lost has come back', async () => {
    const app = await startApp({ drainTimeoutMs: 3000 }, { UNPLUGGED: 'yes' });
    app.signal('SIGTERM');
    await app.event('reconnected');
    while ((await channel.checkQueue(queue)).consumerCount > 0) await sleep(20);
    send(0);
    expect(app.order).not.toContain('forcing');
    app.signal('SIGTERM');
    await app.exited;
    expect(app.order).not.toContain('message-begins');
    expect((await channel.checkQueue(queue)).messageCount).toBe(1);
  });
});

/** In ascending order. */
function idsOf(event: string, ...apps: RunningApplication[]): number[] {
  return apps
    .flatMap(({ events }) => events.filter(({ name }) => name === event))
    .map(({ detail }) => Number(detail))
    .toSorted((a, b) => a - b);
}

function idsUpTo(count: number): number[] {
  return Array.from({ length: count }, (_, i) => i + 1);
}
