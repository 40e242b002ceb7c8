import { ClientKafka, Transport } from '@nestjs/microservices';
import { firstValueFrom, toArray } from 'rxjs';
import { afterEach, beforeEach, expect, it } from 'vitest';

import { SOON_MS } from '../support/bounds.js';
import { FakeKafka } from '../support/fake-kafka.js';
import { endAll, type RunningApplication, start } from '../support/running-application.js';

/** What Nest makes of its default. */
const GROUP = 'nestjs-group-server';
const WAIT_MS = 100;

let broker: FakeKafka;
let client: ClientKafka;

beforeEach(async () => {
  broker = await FakeKafka.start();
  // Does not try for long to reach a broker that is gone.
  client = new ClientKafka(optionsWith({ retry: { retries: 1, initialRetryTime: 10 } }));
  for (const topic of ['work', 'count']) client.subscribeToResponseOf(topic);
  await client.connect();
});

afterEach(async () => {
  await endAll();
  await client.close();
  broker.stop();
});

function optionsWith(clientOptions = {}, maxWaitTimeInMs = WAIT_MS) {
  return {
    client: { brokers: [`127.0.0.1:${broker.port}`], logLevel: 0, ...clientOptions },
    consumer: { groupId: 'nestjs-group', maxWaitTimeInMs },
    subscribe: { fromBeginning: true },
  };
}

function startService(
  options = {},
  { maxWaitTimeInMs = WAIT_MS, ...rest }: { maxWaitTimeInMs?: number; run?: object } = {},
): Promise<RunningApplication> {
  const kafka = { ...optionsWith({}, maxWaitTimeInMs), ...rest };
  const servers = [{ transport: Transport.KAFKA as number, options: kafka }];
  return start({ program: 'microservice', kind: 'microservice', servers, options });
}

function ids({ events }: RunningApplication, event: string): unknown[] {
  return events.filter(({ name }) => name === event).map(({ detail }) => detail);
}

function lastOf({ events }: RunningApplication, event: string): number {
  return events.findLast(({ name }) => name === event)!.at;
}

it('the Kafka message in flight is answered and committed; the others are left to the next instance', async () => {
  const leaving = await startService();
  const messages = [1, 2, 3, 4, 5];
  const replies = messages.map((id) => firstValueFrom(client.send('work', { id, ms: 300 })));
  await leaving.event('handler', 2);
  leaving.signal('SIGTERM');
  const exit = await leaving.exited;

  expect(exit).toMatchObject({ code: 0, signal: null });
  const [first, second, ...none] = ids(leaving, 'handled');
  expect(none).toEqual([]);
  expect(ids(leaving, 'handler')).toEqual([first, second]);
  expect(lastOf(leaving, 'handled')).toBeLessThan(lastOf(leaving, 'onModuleDestroy'));
  expect(exit.at - lastOf(leaving, 'handled')).toBeLessThan(SOON_MS);
  expect(leaving.log).toContain('1 in flight');
  expect(leaving.log).not.toContain('ERROR');
  expect(broker.committed(GROUP, 'work')).toBe(2);
  expect(broker.requests).toContain('leaveGroup');

  const staying = await startService();
  expect(await Promise.all(replies)).toEqual(messages.map((id) => ({ id })));
  const handled = [first, second, ...ids(staying, 'handled')] as number[];
  expect(handled.toSorted((a, b) => a - b)).toEqual(messages);
});

it('a Kafka handler that replies several times sends all its replies', async () => {
  const app = await startService();
  const replies = firstValueFrom(client.send('count', { id: 1, ms: 60 }).pipe(toArray()));
  await app.event('handler');
  app.signal('SIGTERM');
  expect(await replies).toHaveLength(10);
  expect((await app.exited).code).toBe(0);
});

it('a Kafka consumer whose poll takes longer than the drain waits leaves cleanly', async () => {
  const app = await startService({}, { maxWaitTimeInMs: 3500 });
  await app.until('poll', () => broker.requests.includes('fetch'));
  app.signal('SIGTERM');
  expect(await app.exited).toMatchObject({ code: 0, signal: null });
  expect(app.log).not.toMatch(/WARN|ERROR/);
  expect(broker.requests).toContain('leaveGroup');
});

it('a Kafka handler that never ends is cut and named, and its message is left to the next instance', async () => {
  const app = await startService({ drainTimeoutMs: 1000, closeTimeoutMs: 500 });
  client.emit('hang', { id: 1 });
  await app.event('handler');
  const sentAt = app.signal('SIGTERM');
  const exit = await app.exited;
  expect(exit.code).toBe(1);
  expect(exit.at - sentAt).toBeLessThan(1500 + SOON_MS);
  expect(app.log).toMatch(/Cut: rpc CallsController\.hang/);
  expect(broker.committed(GROUP, 'hang')).toBeUndefined();
});

it('a Kafka handler that commits its offset itself can still do so after the signal', async () => {
  const leaving = await startService({}, { run: { autoCommit: false } });
  for (const id of [1, 2, 3]) client.emit('event', { id, ms: 300 });
  await leaving.event('handler');
  leaving.signal('SIGTERM');
  expect(await leaving.exited).toMatchObject({ code: 0, signal: null });
  expect(ids(leaving, 'handled')).toEqual([1]);
  expect(ids(leaving, 'handler')).toEqual([1]);
  expect(broker.committed(GROUP, 'event')).toBe(1);
  expect(broker.requests).toContain('leaveGroup');
});

it('an offset that Kafka refuses is named, the exit code is 1, and the message is handled again', async () => {
  const leaving = await startService();
  client.emit('event', { id: 1, ms: 300 });
  await leaving.event('handler');
  broker.refusesOffsets = true;
  leaving.signal('SIGTERM');
  expect(await leaving.exited).toMatchObject({ code: 1, signal: null });
  expect(ids(leaving, 'handled')).toEqual([1]);
  expect(leaving.order).toContain('onModuleDestroy');
  expect(leaving.log).toMatch(/participant kafka: .*not committed.*event, partition 0/);

  broker.refusesOffsets = false;
  const next = await startService();
  expect((await next.event('handled')).detail).toBe(1);
});

it('a Kafka broker that disappears while a message is handled does not hold the exit, and is named', async () => {
  const app = await startService({ drainTimeoutMs: 20_000, closeTimeoutMs: 500 });
  client.emit('event', { id: 1, ms: 300 });
  await app.event('handler');
  app.signal('SIGTERM');
  await app.event('draining');
  broker.stop();
  const exit = await app.exited;
  expect(ids(app, 'handled')).toEqual([1]);
  // 5 s, of a budget of 20.
  expect(exit.at - lastOf(app, 'handled')).toBeLessThan(5000 + SOON_MS);
  expect(exit).toMatchObject({ code: 1, signal: null });
  expect(app.log).toMatch(/participant kafka: .*not committed/);
});
