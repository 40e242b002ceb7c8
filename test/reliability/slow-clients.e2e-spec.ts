import http, { type IncomingMessage } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';

import { afterEach, expect, it } from 'vitest';

import { digestOf, pattern } from '../fixtures/pattern.js';
import { SOON_MS } from '../support/bounds.js';
import { keepAliveAgent, RawConnection, request } from '../support/http-client.js';
import { endAll, start } from '../support/running-application.js';
import { times } from '../support/runs.js';

afterEach(endAll);

const MB = 1024 * 1024;
const get = (path: string) => `GET ${path} HTTP/1.1\r\nHost: test\r\n\r\n`;

function open(port: number, path: string): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    http.get({ port, host: '127.0.0.1', path, agent: false }, resolve).on('error', reject);
  });
}

/** Takes a piece now and then. */
async function* slowly(response: IncomingMessage, ms: number): AsyncGenerator<Buffer> {
  for await (const chunk of response) {
    yield chunk as Buffer;
    await sleep(ms);
  }
}

it.each([
  ['in chunks', 'express', ''],
  ['of declared length', 'fastify', '&declared=yes'],
] as const)('row 7: 10 MB %s reach a slow reader byte for byte', async (_, adapter, declared) => {
  const app = await start({ adapter });
  const response = await open(app.port, `/pattern?bytes=${10 * MB}${declared}`);
  app.signal('SIGTERM');
  const digest = await digestOf(slowly(response, times(3, 20)));

  expect(digest).toBe(await digestOf([pattern(10 * MB)]));
  expect(response.complete).toBe(true);
  expect(await app.exited).toMatchObject({ code: 0, signal: null });
});

it.each([
  ['in chunks', 'express', ''],
  ['of declared length', 'fastify', '&declared=yes'],
] as const)(
  'row 7: a body %s that is not read within the budget is cut, and its reader can tell',
  async (_, adapter, declared) => {
    const app = await start({ adapter, options: { drainTimeoutMs: 1000 } });
    // Much more than the buffers of two sockets hold.
    const response = await open(app.port, `/pattern?bytes=${32 * MB}${declared}`);
    const sentAt = app.signal('SIGTERM');
    const exit = await app.exited;

    await expect(digestOf(slowly(response, 0))).rejects.toThrow('aborted');
    expect(response.complete).toBe(false);
    expect(exit).toMatchObject({ code: 1, signal: null });
    expect(exit.at - sentAt).toBeLessThan(1000 + SOON_MS);
  },
);

it.each(['express', 'fastify'] as const)(
  'row 8: on %s, POSTs of 8 MB that begin in the drain are read whole and served, not rejected',
  async (adapter) => {
    const count = times(10, 100);
    const app = await start({ adapter });
    const body = pattern(8 * MB);
    const digest = await digestOf([body]);
    const agents = Array.from({ length: count }, () => keepAliveAgent());
    for (const agent of agents) await request(app.port, '/hello', { agent });
    // While something is in flight, used connections stay open.
    const underWay = request(app.port, `/slow?ms=${count * 250}`);
    await app.event('handler');
    app.signal('SIGTERM');
    await app.event('draining');
    const headers = { 'content-type': 'application/octet-stream', 'content-length': body.length };
    const answers = await Promise.all(
      agents.map(
        (agent) =>
          new Promise<IncomingMessage>((resolve, reject) => {
            const options = { agent, port: app.port, host: '127.0.0.1', path: '/upload', headers };
            const post = http.request({ ...options, method: 'POST' }, resolve);
            post.on('error', reject).end(body);
          }),
      ),
    );
    for (const answer of answers) {
      expect(answer).toMatchObject({ statusCode: 200, headers: { connection: 'close' } });
      const text = (await answer.toArray()).join('');
      expect(text).toBe(JSON.stringify({ digest }));
    }
    await underWay;
    expect(await app.exited).toMatchObject({ code: 0, signal: null });
    agents.forEach((agent) => agent.destroy());
  },
  120_000,
);

it('row 9: a connection that was silent is served in the grace period', async () => {
  const app = await start({ options: { gracePeriodMs: 800 } });
  const client = await RawConnection.open(app.port);
  await request(app.port, '/hello');
  app.signal('SIGTERM');
  await app.event('grace');
  client.write(get('/slow?ms=50'));
  await client.until('row');
  await client.closed;
  expect(client.received).toMatch(/^HTTP\/1\.1 200 /);
  expect(await app.exited).toMatchObject({ code: 0, signal: null });
});

it('row 9: a client that has closed its side does not hold the exit for longer than its request', async () => {
  const app = await start();
  const client = await RawConnection.open(app.port);
  client.socket.allowHalfOpen = true;
  client.write(get('/slow?ms=700'));
  await app.event('handler');
  client.socket.end();
  const sentAt = app.signal('SIGTERM');
  const exit = await app.exited;
  expect(exit).toMatchObject({ code: 0, signal: null });
  expect(exit.at - sentAt).toBeLessThan(700 + SOON_MS);
  client.end();
});
