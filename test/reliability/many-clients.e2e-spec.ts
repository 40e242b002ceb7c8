import { afterEach, expect, it } from 'vitest';

import { SOON_MS } from '../support/bounds.js';
import { RawConnection } from '../support/http-client.js';
import { endAll, start } from '../support/running-application.js';
import { times } from '../support/runs.js';
import { openStream, type StreamClient } from '../support/stream-client.js';
import { upgradeRequest, WebSocketClient } from '../support/web-socket-client.js';

const leftovers: (() => void)[] = [];
afterEach(async () => {
  leftovers.splice(0).forEach((end) => end());
  await endAll();
});

const AT_ONCE = 50;

async function openAll<Client>(count: number, open: () => Promise<Client>): Promise<Client[]> {
  const clients: Client[] = [];
  while (clients.length < count) {
    const batch = Math.min(AT_ONCE, count - clients.length);
    clients.push(...(await Promise.all(Array.from({ length: batch }, open))));
  }
  return clients;
}

/** How many of these moments lie in each whole slice of so many ms, from the first moment on. */
function slices(moments: readonly number[], sliceMs: number): number[] {
  const begin = Math.min(...moments);
  const count = Math.max(1, Math.floor((Math.max(...moments) - begin) / sliceMs));
  const buckets = Array.from({ length: count }, () => 0);
  for (const at of moments) {
    const bucket = Math.floor((at - begin) / sliceMs);
    if (bucket < count) buckets[bucket]! += 1;
  }
  return buckets;
}

/** In parts of the average. */
function deviation(buckets: readonly number[]): number {
  const mean = buckets.reduce((sum, n) => sum + n, 0) / buckets.length;
  const variance = buckets.reduce((sum, n) => sum + (n - mean) ** 2, 0) / buckets.length;
  return Math.sqrt(variance) / mean;
}

it('row 12: websockets are closed with 1012, evenly over half of the drain', async () => {
  // No fewer than 200 a second are closed.
  const count = times(800, 10_000);
  const drainTimeoutMs = times(8000, 20_000);
  const perMs = count / (drainTimeoutMs / 2);
  const app = await start({ program: 'websockets', options: { drainTimeoutMs } });
  const clients = await openAll(count, () => WebSocketClient.open(app.port));
  const sentAt = app.signal('SIGTERM');
  const closed = await Promise.all(clients.map((client) => client.closed));
  const exit = await app.exited;

  expect(closed.filter(({ code }) => code !== 1012)).toEqual([]);
  expect(exit).toMatchObject({ code: 0, signal: null });
  // Not at the deadline.
  expect(exit.at - sentAt).toBeLessThan(drainTimeoutMs - 1000);
  const seconds = slices(
    closed.map(({ at }) => at),
    1000,
  );
  expect(Math.max(...seconds)).toBeLessThanOrEqual(perMs * 1000 * 1.2);
  // A busy machine has them closed later, never faster.
  expect(deviation(seconds)).toBeLessThanOrEqual(times(0.4, 0.2));
}, 120_000);

it('row 12: messages sent by or to a websocket before the signal are delivered', async () => {
  const messages = 20;
  const app = await start({ program: 'websockets', options: { drainTimeoutMs: 5000 } });
  const clients = await openAll(50, () => WebSocketClient.open(app.port));
  for (let i = 0; i < messages; i++) clients.forEach((client) => client.send('slow', 5));
  app.signal('SIGTERM');
  const closed = await Promise.all(clients.map((client) => client.closed));
  expect(closed.filter(({ code }) => code !== 1012)).toEqual([]);
  for (const client of clients) {
    expect(client.messages).toEqual(
      Array.from({ length: messages }, () => ({ event: 'reply', data: 'row' })),
    );
  }
  expect(await app.exited).toMatchObject({ code: 0, signal: null });
});

it('row 12: websockets whose clients have vanished hold the exit for 2 s, and do not count as cut', async () => {
  const app = await start({ program: 'websockets' });
  const dead = await openAll(10, async () => {
    const client = await RawConnection.open(app.port);
    client.write(upgradeRequest('/chat'));
    await client.until('101 Switching Protocols');
    return client;
  });
  leftovers.push(() => dead.forEach((client) => client.end()));
  const alive = await WebSocketClient.open(app.port);
  const sentAt = app.signal('SIGTERM');
  expect(await alive.closed).toMatchObject({ code: 1012 });
  const exit = await app.exited;
  await Promise.all(dead.map(({ closed }) => closed));
  expect(exit).toMatchObject({ code: 0, signal: null });
  expect(exit.at - sentAt).toBeGreaterThanOrEqual(2000);
  expect(exit.at - sentAt).toBeLessThan(2000 + SOON_MS);
  expect(dead.filter(({ received }) => !received.includes('\x88\x02\x03\xf4'))).toEqual([]);
  expect(app.log).not.toMatch(/ERROR|WARN|Cut/);
});

it('row 13: hundreds of event streams end cleanly, each at its own moment of the grace period and with a retry time', async () => {
  const count = times(300, 1000);
  const gracePeriodMs = 2000;
  const app = await start({ program: 'streams', adapter: 'express', options: { gracePeriodMs } });
  const streams = await openAll(count, () => openStream(app.port, '/silent'));
  leftovers.push(() => streams.forEach((stream: StreamClient) => stream.leave()));
  await Promise.all(streams.map((stream) => stream.until('\n\n')));
  const sentAt = app.signal('SIGTERM');
  const ends = await Promise.all(streams.map(({ end }) => end));
  const exit = await app.exited;

  expect(ends.filter(({ status, complete }) => status !== 200 || !complete)).toEqual([]);
  const retries = ends.map(({ body }) => Number(/\nretry: (\d+)\n\n$/.exec(body)?.[1]));
  expect(retries.every((ms) => ms >= 1000 && ms <= 3000)).toBe(true);
  // They do not come back together.
  expect(new Set(retries).size).toBeGreaterThan(count / 5);
  const moments = ends.map(({ at }) => at);
  const windowMs = gracePeriodMs * 0.6;
  expect(Math.max(...moments) - Math.min(...moments)).toBeGreaterThan(windowMs / 2);
  expect(Math.max(...moments) - sentAt).toBeLessThan(windowMs + 1000 + times(1500, 0));
  expect(exit).toMatchObject({ code: 0, signal: null });
  expect(exit.at - sentAt).toBeLessThan(gracePeriodMs + SOON_MS);
}, 60_000);
