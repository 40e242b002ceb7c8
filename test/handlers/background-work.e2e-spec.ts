import { ClientProxyFactory, Transport } from '@nestjs/microservices';
import { firstValueFrom } from 'rxjs';
import { afterEach, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';

import type { FixtureConfig } from '../fixtures/config.js';
import { SOON_MS } from '../support/bounds.js';
import { request } from '../support/http-client.js';
import { endAll, type RunningApplication, start } from '../support/running-application.js';
import { freePort } from '../support/server-process.js';

afterEach(endAll);

describe.each([
  ['track()', '/background', 'report'],
  ['@TrackInFlight()', '/decorated', 'DrainController.decoratedWork'],
])('background work in %s', (_, path, label) => {
  it('is awaited if a request has started it, and finds its resources open', async () => {
    const app = await start();
    await request(app.port, `${path}?ms=600`);
    await app.event('work-begins');
    app.signal('SIGTERM');
    expect(await app.exited).toMatchObject({ code: 0, signal: null });
    expect(app.order.indexOf('onModuleDestroy')).toBeGreaterThan(app.order.indexOf('work-ends'));
    expect(app.order).toContain('work-ends');
  });

  it('is named when it is abandoned because it never ends', async () => {
    const app = await start({ options: { drainTimeoutMs: 500 } });
    await request(app.port, `${path}?ms=60000`);
    await app.event('work-begins');
    const sentAt = app.signal('SIGTERM');
    const exit = await app.exited;
    expect(exit.code).toBe(1);
    expect(exit.at - sentAt).toBeLessThan(500 + SOON_MS);
    expect(app.log).toContain(`Cut: ${label}`);
  });
});

it.each(['microservice', 'hybrid'] as const)(
  'a message in flight in a %s application is answered before the teardown',
  async (kind) => {
    const port = await freePort();
    const app = await start({ kind }, { FIXTURE_PORT: String(port) });
    const client = ClientProxyFactory.create({
      transport: Transport.TCP,
      options: { host: '127.0.0.1', port },
    });
    const reply = firstValueFrom(client.send('slow', 600));
    await app.event('handler');
    app.signal('SIGTERM');
    expect(await reply).toBe('row');
    void client.close();
    expect(await app.exited).toMatchObject({ code: 0, signal: null });
    expect(app.log).toContain('1 in flight');
  },
);

it('while draining, a line every second names the work in flight', async () => {
  const app = await start();
  const slow = request(app.port, '/slow?ms=2400&token=secret');
  await app.event('handler');
  app.signal('SIGTERM');
  await slow;
  await app.exited;
  const line = /1 in flight, [\d.]+ s left: GET PlainController\.slow since before the signal$/gm;
  const lines = app.log.match(line);
  expect(lines).toHaveLength(2);
  expect(app.log).toMatch(/Closed in 2\.\d s .*1 request answered/);
  expect(app.log).not.toContain('secret');
});

async function startWork(
  messagePort: number,
  config: FixtureConfig = {},
): Promise<RunningApplication> {
  return start({ program: 'work', ...config }, { FIXTURE_PORT: String(messagePort) });
}

describe('background work that starts other work', () => {
  it('is awaited to the last generation', async () => {
    const app = await startWork(await freePort());
    await request(app.port, '/generations');
    await app.event('work-begins');
    app.signal('SIGTERM');
    expect(await app.exited).toMatchObject({ code: 0, signal: null });
    const ends = app.events.filter(({ name }) => name === 'work-ends');
    expect(ends.map(({ detail }) => detail)).toEqual([1, 2, 3]);
    expect(app.order.indexOf('onModuleDestroy')).toBeGreaterThan(
      app.order.lastIndexOf('work-ends'),
    );
    expect(app.log).not.toMatch(/WARN|ERROR/);
  });

  it('is named at the deadline if only the other work is left', async () => {
    const app = await startWork(await freePort(), { options: { drainTimeoutMs: 700 } });
    await request(app.port, '/orphan');
    await app.event('work-begins');
    app.signal('SIGTERM');
    expect(await app.exited).toMatchObject({ code: 1, signal: null });
    expect(app.log).toMatch(/Cut: orphan [\d.]+ s$/m);
  });
});

it.each(['express', 'fastify'] as const)(
  '@DeadlineSignal() fires in time for every kind of handler to answer: %s',
  async (adapter) => {
    const port = await freePort();
    const app = await startWork(port, { adapter, options: { drainTimeoutMs: 1500 } });
    const client = ClientProxyFactory.create({
      transport: Transport.TCP,
      options: { host: '127.0.0.1', port },
    });
    const socket = new WebSocket(`ws://127.0.0.1:${app.port}`);
    const message = new Promise<string>((resolve, reject) => {
      socket.once('open', () => socket.send('{"event":"ws"}'));
      socket.once('message', (data: Buffer) => resolve(data.toString()));
      socket.once('close', () => reject(new Error('closed without a response')));
    });
    const answers = Promise.all([
      request(app.port, '/http'),
      firstValueFrom(client.send<string>('rpc', '')),
      message,
    ]);
    await app.event('handler', 3);
    app.signal('SIGTERM');
    const [http, rpc, ws] = await answers;
    void client.close();
    expect(http).toMatchObject({ status: 200, body: 'told in time' });
    expect([rpc, ws]).toEqual(['told in time', '{"event":"ws","data":"told in time"}']);
    expect(await app.exited).toMatchObject({ signal: null });
    expect(app.log).not.toContain('Cut:');
  },
);
