import { type Channel, type ChannelModel, connect } from 'amqplib';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';

import type { GracefulShutdownOptions } from '../../src/index.js';
import { SOON_MS } from '../support/bounds.js';
import { Relay } from '../support/relay.js';
import { endAll, type RunningApplication, start } from '../support/running-application.js';
import { findProgram, type ServerProcess, startRabbitMq } from '../support/server-process.js';

// @golevelup/nestjs-rabbitmq is made for Nest 11 alone.
const isSkipped = process.env['NEST'] !== 'nest-11' || findProgram('rabbitmq-server') === undefined;

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
    channel.sendToQueue(queue, Buffer.from(JSON.stringify({ id: ++sent, ms })));
  }

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

  it.each(['cut', 'mute'] as const)(
    'reports an acknowledgement that is lost with the connection (%s), and the message comes again',
    async (how) => {
      const relay = await Relay.to(server.port);
      const RABBITMQ_URL = `amqp://127.0.0.1:${relay.port}`;
      // The library's own close() waits for a broker that is mute, to the end of the budget.
      const options = { drainTimeoutMs: 6000, closeTimeoutMs: 500 };
      const leaving = await startApp(options, { RABBITMQ_URL });
      send(500);
      await leaving.event('message-begins');
      const sentAt = leaving.signal('SIGTERM');
      await leaving.event('draining');
      relay[how]();
      const exit = await leaving.exited;
      relay.cut();
      expect(idsOf('message-ends', leaving)).toEqual([1]);
      expect(exit).toMatchObject({ code: 1, signal: null });
      expect(exit.at - sentAt).toBeLessThan(6500 + SOON_MS);
      expect(leaving.log).toMatch(/participant rabbitmq: /);

      const next = await startApp();
      await next.event('message-ends');
      expect(idsOf('message-ends', next)).toEqual([1]);
    },
  );

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
