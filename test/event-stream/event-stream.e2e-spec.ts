import { afterEach, describe, expect, it } from 'vitest';

import type { FixtureConfig } from '../fixtures/config.js';
import { LATE_MS, SOON_MS } from '../support/bounds.js';
import { RawConnection } from '../support/http-client.js';
import { endAll, start } from '../support/running-application.js';
import {
  type Asking,
  openHttp2Stream,
  openStream,
  type StreamClient,
} from '../support/stream-client.js';

const clients: StreamClient[] = [];

afterEach(async () => {
  clients.splice(0).forEach((client) => client.leave());
  await endAll();
});

const FLUSH_MS = 1000;
const ANYTHING: Asking = { method: 'GET', accept: '*/*' };
const RETRY = /\nretry: (\d+)\n\n$/;

const express: FixtureConfig = { program: 'streams', adapter: 'express' };
const fastify: FixtureConfig = { program: 'streams', adapter: 'fastify' };
const http2: FixtureConfig = { ...fastify, http2: true };

function open(
  port: number,
  config: FixtureConfig,
  path: string,
  asking?: Asking,
): Promise<StreamClient> {
  const openOne = config.http2 ? openHttp2Stream : openStream;
  const opening = openOne(port, path, asking);
  return opening.then((client) => {
    clients.push(client);
    return client;
  });
}

function retryOf(body: string): number {
  return Number(RETRY.exec(body)?.[1]);
}

describe.each([
  ['on Express', express],
  ['on Fastify', fastify],
  ['over HTTP/2', http2],
])('%s', (_, config) => {
  it('event streams end with a retry time, others as they are marked, and the pool is closed last', async () => {
    const app = await start(config);
    const [events, silent, raw, flood] = await Promise.all(
      ['/events', '/silent', '/raw-events', '/flood'].map((path) => open(app.port, config, path)),
    );
    const [log, poll] = await Promise.all(
      ['/log', '/poll/news'].map((path) => open(app.port, config, path, ANYTHING)),
    );
    const [waited, ignored, slow] = await Promise.all(
      ['/waited?count=7', '/ignored', '/slow/work?ms=1100'].map((path) =>
        open(app.port, config, path),
      ),
    );
    flood!.pause();
    await app.event('handler', 9);
    await Promise.all([events!.until('row'), raw!.until('data: 3'), ignored!.until('data: 3')]);
    await Promise.all([silent!.until('\n'), log!.until('line'), waited!.until('row')]);
    const sentAt = app.signal('SIGTERM');

    const ended = await Promise.all([events!.end, silent!.end, raw!.end]);
    for (const { status, body, complete, at } of ended) {
      expect({ status, complete }).toEqual({ status: 200, complete: true });
      expect(retryOf(body)).toBeGreaterThanOrEqual(1000);
      expect(retryOf(body)).toBeLessThanOrEqual(3000);
      expect(at - sentAt).toBeLessThan(SOON_MS);
    }
    expect(await poll!.end).toMatchObject({ status: 204, body: '', complete: true });
    expect(await log!.end).toMatchObject({ status: 200, complete: true });
    expect((await log!.end).body).toMatch(/^(line\n)+$/);
    expect((await waited!.end).body.match(/data: \d row/g)).toHaveLength(7);
    expect(await waited!.end).toMatchObject({ complete: true });
    expect(await slow!.end).toMatchObject({ body: '{"row":"row"}', complete: true });

    const exit = await app.exited;
    expect((await ignored!.end).complete).toBe(false);
    // It went on until all else had finished.
    expect((await ignored!.end).body.match(/data: /g)!.length).toBeGreaterThan(10);
    expect(exit).toMatchObject({ code: 0, signal: null });
    expect(exit.at - sentAt).toBeLessThan(FLUSH_MS + SOON_MS);
    expect(app.order.filter((name) => name === 'unsubscribed')).toHaveLength(2);
    expect(app.order.lastIndexOf('unsubscribed')).toBeLessThan(app.order.indexOf('closing'));
    // What the handler wrote after the end went nowhere.
    expect(app.order).toContain('written');
    expect(app.log).toMatch(/6 event streams ended/);
    expect(app.log).not.toMatch(/ERROR|WARN|Cut/);
  });

  it.each<[string, Asking]>([
    ['/tokens/piped', { method: 'POST', accept: 'text/event-stream' }],
    ['/tokens/looped', { method: 'POST', accept: 'application/json, text/event-stream' }],
    ['/tokens/observed', ANYTHING],
  ])('the events of %s end by themselves, and are awaited', async (path, asking) => {
    const app = await start({ ...config, options: { gracePeriodMs: 300 } });
    const stream = await open(app.port, config, path, asking);
    await stream.until('token 2');
    app.signal('SIGTERM');

    const { complete, body } = await stream.end;
    expect(complete).toBe(true);
    expect(body.match(/data: token \d+/g)).toHaveLength(20);
    expect(body).not.toContain('retry:');
    expect(await app.exited).toMatchObject({ code: 0, signal: null });
  });

  it('events that last beyond the deadline are cut, and do not look complete', async () => {
    const app = await start({ ...config, options: { drainTimeoutMs: 400 } });
    const asking: Asking = { method: 'POST', accept: 'text/event-stream' };
    const stream = await open(app.port, config, '/tokens/looped', asking);
    await stream.until('token 2');
    app.signal('SIGTERM');

    const { complete, body } = await stream.end;
    expect(complete).toBe(false);
    expect(body).not.toContain('retry:');
    expect(await app.exited).toMatchObject({ code: 1, signal: null });
    expect(app.log).toMatch(/Cut: .*POST StreamsController\.looped/);
  });

  it.each([0, 300])(
    'what the application writes when intakeSignal fires is sent before the stream ends, with a grace period of %i ms',
    async (gracePeriodMs) => {
      const app = await start({ ...config, options: { gracePeriodMs } });
      const streams = await Promise.all(
        ['/farewell', '/farewell?ms=20'].map((path) => open(app.port, config, path)),
      );
      await Promise.all(streams.map((stream) => stream.until('hello')));
      app.signal('SIGTERM');
      for (const { end } of streams) {
        const { complete, body } = await end;
        expect(complete).toBe(true);
        expect(body).toMatch(/data: bye\n\n.*retry: \d+\n\n$/s);
      }
      expect(await app.exited).toMatchObject({ code: 0, signal: null });
    },
  );

  it('in the grace period event streams end one after the other, including those opened meanwhile', async () => {
    const gracePeriodMs = 3000;
    const app = await start({ ...config, options: { gracePeriodMs } });
    const streams = await Promise.all(
      Array.from({ length: 6 }, () => open(app.port, config, '/events')),
    );
    await Promise.all(streams.map((stream) => stream.until('row')));
    app.signal('SIGTERM');
    const begin = (await app.event('grace')).at;
    const late = await open(app.port, config, '/events');
    await late.until('row');

    const ends = await Promise.all([...streams, late].map(({ end }) => end));
    const exit = await app.exited;

    expect(ends.map(({ complete, body }) => complete && retryOf(body) >= 1000)).not.toContain(
      false,
    );
    const after = ends.map(({ at }) => at - begin).toSorted((a, b) => a - b);
    expect(after.at(-1)).toBeLessThan(gracePeriodMs * 0.6 + LATE_MS);
    expect(after[5]! - after[1]!).toBeGreaterThan(gracePeriodMs * 0.6 * 0.3);
    expect(new Set(ends.map(({ body }) => retryOf(body))).size).toBeGreaterThan(1);
    expect(app.order.filter((name) => name === 'unsubscribed')).toHaveLength(7);
    expect(exit).toMatchObject({ code: 0, signal: null });
    expect(app.log).not.toMatch(/ERROR|WARN|Cut/);
  });
});

it('an event stream requested while draining is ended at once', async () => {
  const app = await start({ ...express, options: { idleLingerMs: 1000 } });
  const client = await RawConnection.open(app.port);
  client.write('GET /hello HTTP/1.1\r\nHost: test\r\n\r\n');
  await client.until('world');
  app.signal('SIGTERM');
  await app.event('draining');
  client.write('GET /silent HTTP/1.1\r\nHost: test\r\nAccept: text/event-stream\r\n\r\n');
  await client.closed;
  expect(client.received).toMatch(/retry: \d+\n\n\r\n0\r\n\r\n$/);
  expect(await app.exited).toMatchObject({ code: 0, signal: null });
});

it('requests pipelined behind an event stream are answered', async () => {
  const app = await start({ ...express, options: { idleLingerMs: 100 } });
  const client = await RawConnection.open(app.port);
  client.write(
    'GET /silent HTTP/1.1\r\nHost: test\r\nAccept: text/event-stream\r\n\r\nGET /hello HTTP/1.1\r\nHost: test\r\n\r\n',
  );
  await client.until('text/event-stream');
  app.signal('SIGTERM');
  await client.closed;
  expect(client.received).toMatch(/retry: \d+\n\n.*"hello":"world"/s);
  expect(await app.exited).toMatchObject({ code: 0, signal: null });
});

it.each([
  ['on Express', express],
  ['over HTTP/2', http2],
])(
  '%s, a stream that is awaited and never ends is cut at the deadline and named',
  async (_, config) => {
    const app = await start({ ...config, options: { drainTimeoutMs: 600 } });
    const stream = await open(app.port, config, '/waited?count=1000');
    await stream.until('row');
    const sentAt = app.signal('SIGTERM');
    expect((await stream.end).complete).toBe(false);
    const exit = await app.exited;
    expect(exit).toMatchObject({ code: 1, signal: null });
    expect(exit.at - sentAt).toBeLessThan(600 + SOON_MS);
    expect(app.log).toMatch(/Cut: .*GET StreamsController\.waited/);
  },
);

it('app.close() ends event streams, too', async () => {
  const app = await start(fastify);
  const stream = await open(app.port, fastify, '/silent');
  await stream.until('\n\n');
  app.close();
  expect(await stream.end).toMatchObject({ complete: true });
  await app.event('close-resolved');
  expect(app.order).toContain('unsubscribed');
});
