import { ClientProxyFactory, Transport } from '@nestjs/microservices';
import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { firstValueFrom } from 'rxjs';
import { afterEach, describe, expect, it } from 'vitest';

import { request } from '../support/http-client.js';
import { endAll, start } from '../support/running-application.js';

afterEach(endAll);

describe.each([
  ['track()', '/background', 'report'],
  ['@TrackInFlight()', '/decorated', 'DrainController.decoratedWork'],
])('work in %s', (_, path, label) => {
  it('that a request has started is awaited, and finds what it needs', async () => {
    const app = await start();
    await request(app.port, `${path}?ms=600`);
    await app.event('work-begins');
    app.signal('SIGTERM');
    expect(await app.exited).toMatchObject({ code: 0, signal: null });
    expect(app.order.indexOf('onModuleDestroy')).toBeGreaterThan(app.order.indexOf('work-ends'));
    expect(app.order).toContain('work-ends');
  });

  it('that never ends is named when it is abandoned', async () => {
    const app = await start({ options: { drainTimeoutMs: 500 } });
    await request(app.port, `${path}?ms=60000`);
    await app.event('work-begins');
    const sentAt = app.signal('SIGTERM');
    const exit = await app.exited;
    expect(exit.code).toBe(1);
    expect(exit.at - sentAt).toBeLessThan(500 + 1500);
    expect(app.log).toContain(`Cut: ${label}`);
  });
});

it.each(['microservice', 'hybrid'] as const)(
  'a message that a %s application is handling is answered before the teardown',
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

it('while draining, a line a second names what is under way', async () => {
  const app = await start();
  const slow = request(app.port, '/slow?ms=2400&token=secret');
  await app.event('handler');
  app.signal('SIGTERM');
  await slow;
  await app.exited;
  const lines = app.log.match(/1 in flight, [\d.]+ s left: GET PlainController\.slow [\d.]+ s/g);
  expect(lines).toHaveLength(2);
  expect(app.log).toMatch(/Closed in 2\.\d s .*1 request answered/);
  expect(app.log).not.toContain('secret');
});

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
