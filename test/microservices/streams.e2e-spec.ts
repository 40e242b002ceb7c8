import { firstValueFrom, toArray } from 'rxjs';
import { describe, expect, it } from 'vitest';

import type { GracefulShutdownOptions } from '../../src/index.js';
import { BEFORE_DEADLINE_MS, SOON_MS } from '../support/bounds.js';
import { start } from '../support/running-application.js';
import { behindBrokers, direct, isInstalled, link, transports, useBrokers } from './transports.js';

const connectTo = useBrokers();

async function startWithClient(transport: string, options: GracefulShutdownOptions = {}) {
  const to = await link(transport);
  const servers = [to.server];
  const app = await start({ program: 'microservice', kind: 'microservice', servers, options });
  return { app, client: await connectTo(to) };
}

describe.each(behindBrokers)('a stream of replies over $transport', ({ transport, broker }) => {
  it.skipIf(!isInstalled(broker))('is ended once it has fallen silent', async () => {
    const { app, client } = await startWithClient(transport);
    const replies = firstValueFrom(client.send('endless', { id: 7, ms: 1 }).pipe(toArray()));
    await app.event('handler');
    const sentAt = app.signal('SIGTERM');
    const exit = await app.exited;
    expect(await replies).toEqual([{ id: 7 }]);
    expect(exit).toMatchObject({ code: 0, signal: null });
    expect(exit.at - sentAt).toBeLessThan(BEFORE_DEADLINE_MS);
    expect(app.order.indexOf('teardown')).toBeGreaterThan(0);
    expect(app.order.indexOf('teardown')).toBeLessThan(app.order.indexOf('onModuleDestroy'));
    expect(app.log).toContain('1 reply stream ended');
  });
});

it.each(direct)(
  'a silent stream over $transport is awaited while its caller is there, and ended with an error',
  async ({ transport }) => {
    const { app, client } = await startWithClient(transport, { drainTimeoutMs: 3000 });
    const told: unknown[] = [];
    const ended = new Promise<void>((resolve) => {
      client.send('endless', { id: 7, ms: 1 }).subscribe({
        next: (reply) => told.push(reply),
        complete: () => resolve(void told.push('complete')),
        error: () => resolve(void told.push('error')),
      });
    });
    await app.event('handler');
    app.signal('SIGTERM');
    const exit = await app.exited;
    await ended;
    expect(told).toEqual([{ id: 7 }, 'error']);
    expect(exit).toMatchObject({ code: 1, signal: null });
    expect(app.order.indexOf('teardown')).toBeGreaterThan(app.order.indexOf('forcing'));
  },
);

describe.each(transports)('a stream of replies over $transport', ({ transport, broker }) => {
  it.skipIf(!isInstalled(broker))(
    'is awaited to the deadline if it has not begun, and its subscription is ended',
    async () => {
      const { app, client } = await startWithClient(transport, { drainTimeoutMs: 2000 });
      client.send('endless', { id: 7 }).subscribe({ error: () => {} });
      await app.event('handler');
      const sentAt = app.signal('SIGTERM');
      const exit = await app.exited;
      expect(exit).toMatchObject({ code: 1, signal: null });
      expect(exit.at - sentAt).toBeLessThan(2000 + SOON_MS);
      expect(app.log).toMatch(/Cut: rpc (Calls|Grpc)Controller\.endless/);
      expect(app.order.indexOf('teardown')).toBeGreaterThan(app.order.indexOf('forcing'));
      expect(app.order.indexOf('teardown')).toBeLessThan(app.order.indexOf('onModuleDestroy'));
    },
  );
});

it.each(['tcp', 'grpc'])('a stream over %s whose caller has gone is ended', async (transport) => {
  const { app, client } = await startWithClient(transport);
  const call = client.send('endless', { id: 7 }).subscribe({ error: () => {} });
  await app.event('handler');
  // Cancels a call of gRPC; over TCP, only the end of the connection tells.
  call.unsubscribe();
  await client.close();
  const sentAt = app.signal('SIGTERM');
  const exit = await app.exited;
  expect(exit).toMatchObject({ code: 0, signal: null });
  expect(exit.at - sentAt).toBeLessThan(BEFORE_DEADLINE_MS);
  expect(app.order).toContain('teardown');
});

it('a stream whose caller has gone does not hold close() either', async () => {
  const { app, client } = await startWithClient('tcp');
  client.send('endless', { id: 7 }).subscribe({ error: () => {} });
  await app.event('handler');
  await client.close();
  app.close();
  const [{ at: begin }, { at: end }] = [
    await app.event('draining'),
    await app.event('close-resolved'),
  ];
  expect(end - begin).toBeLessThan(BEFORE_DEADLINE_MS);
  expect(app.order).toContain('teardown');
});
