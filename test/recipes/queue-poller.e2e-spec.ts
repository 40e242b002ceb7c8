import { setTimeout as sleep } from 'node:timers/promises';

import { afterEach, expect, it } from 'vitest';

import { SOON_MS } from '../support/bounds.js';
import { QueueServer } from '../support/queue-server.js';
import { endAll, type RunningApplication, start } from '../support/running-application.js';

const HOUR_MS = 3_600_000;

let queue: QueueServer | undefined;

afterEach(async () => {
  await endAll();
  await queue?.stop();
});

function startApp({ url }: QueueServer, messageMs: number): Promise<RunningApplication> {
  return start({ program: 'queue-poller' }, { QUEUE_URL: url, MESSAGE_MS: String(messageMs) });
}

function ended(...apps: RunningApplication[]): string[] {
  return apps.flatMap(({ events }) =>
    events.filter(({ name }) => name === 'message-ends').map(({ detail }) => String(detail)),
  );
}

it('the queue poller finishes and deletes the message in flight, and gives the others back at once', async () => {
  queue = await QueueServer.start(HOUR_MS);
  queue.send('1', '2', '3');
  const leaving = await startApp(queue, 400);
  await leaving.event('message-begins');
  leaving.signal('SIGTERM');

  expect(await leaving.exited).toMatchObject({ code: 0, signal: null });
  expect(leaving.order.indexOf('message-ends')).toBeLessThan(
    leaving.order.indexOf('onModuleDestroy'),
  );
  expect([queue.deleted, queue.visible]).toEqual([['1'], ['2', '3']]);
  const next = await startApp(queue, 0);
  await next.event('message-ends', 2);
  expect([...ended(leaving, next)]).toEqual(['1', '2', '3']);
});

it('the queue poller leaves other messages to the remaining instance, which handles each once', async () => {
  // Not for ever: what the server has sent when a long poll is aborted comes back only so.
  queue = await QueueServer.start(5000);
  const sent: string[] = [];
  const send = () => {
    sent.push(String(sent.length));
    queue!.send(sent.at(-1)!);
  };
  while (sent.length < 10) send();
  const [leaving, staying] = await Promise.all([startApp(queue, 60), startApp(queue, 60)]);
  await leaving.event('message-ends');
  leaving.signal('SIGTERM');
  const isGone = leaving.exited.then(() => true);
  while (!(await Promise.race([isGone, sleep(30, false)]))) send();

  expect(await leaving.exited).toMatchObject({ code: 0, signal: null });
  await staying.until('handling of all', () => queue!.deleted.length >= sent.length);
  expect(ended(leaving, staying).toSorted()).toEqual(sent.toSorted());
  expect(leaving.log).not.toMatch(/WARN|ERROR/);
});

it('the long poll of the queue poller does not hold the exit', async () => {
  queue = await QueueServer.start(HOUR_MS);
  const app = await startApp(queue, 0);
  await app.until('poll', () => queue!.polls === 1);
  const sentAt = app.signal('SIGTERM');
  const exit = await app.exited;
  expect(exit).toMatchObject({ code: 0, signal: null });
  expect(exit.at - sentAt).toBeLessThan(SOON_MS);
  expect(app.log).not.toMatch(/WARN|ERROR/);
});
