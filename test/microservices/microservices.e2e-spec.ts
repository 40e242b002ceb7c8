import { once } from 'node:events';
import { connect } from 'node:net';

import { firstValueFrom, lastValueFrom, Subject, toArray } from 'rxjs';
import { describe, expect, it } from 'vitest';

import type { FixtureConfig } from '../fixtures/config.js';
import { LATE_MS, SOON_MS } from '../support/bounds.js';
import { RawConnection } from '../support/http-client.js';
import { HALF_A_HEADER } from '../support/http2-bytes.js';
import { type RunningApplication, start } from '../support/running-application.js';
import { Flow } from './flow.js';
import {
  type Broker,
  type Client,
  isInstalled,
  type Link,
  link,
  type Task,
  transports,
  useBrokers,
} from './transports.js';

const rows = transports.filter(({ broker }) => isInstalled(broker));
const connectTo = useBrokers();

function startService(
  links: readonly Link[],
  config: FixtureConfig = {},
): Promise<RunningApplication> {
  const servers = links.map(({ server }) => server);
  return start({ program: 'microservice', kind: 'microservice', servers, ...config });
}

/** What the handlers told, in order. */
function ids({ events }: RunningApplication, event: string): unknown[] {
  return events.filter(({ name }) => name === event).map(({ detail }) => detail);
}

function timesOf({ events }: RunningApplication, event: string): number[] {
  return events.filter(({ name }) => name === event).map(({ at }) => at);
}

function emit(client: Client, id: number, ms: number): Promise<unknown> {
  return lastValueFrom(client.emit!('event', { id, ms }), { defaultValue: undefined });
}

// Where a broker is missing, the rows say so as skipped.
describe.each(transports)('$transport', ({ transport, broker }) => {
  it.skipIf(!isInstalled(broker))(
    'a request and an event in flight end, and the reply arrives',
    async () => {
      const to = await link(transport);
      const app = await startService([to]);
      const client = await connectTo(to);
      const reply = firstValueFrom(client.send('work', { id: 1, ms: 500 }));
      await app.event('handler');
      if (client.emit !== undefined) {
        await emit(client, 2, 500);
        await app.event('handler', 2);
      }
      const underWay = client.emit === undefined ? 1 : 2;
      app.signal('SIGTERM');

      expect(await reply).toEqual({ id: 1 });
      const exit = await app.exited;

      expect(exit).toMatchObject({ code: 0, signal: null });
      expect(ids(app, 'handled')).toEqual([1, 2].slice(0, underWay));
      expect(app.order.lastIndexOf('handled')).toBeLessThan(app.order.indexOf('onModuleDestroy'));
      expect(app.log).toContain(`${underWay} in flight`);
      expect(app.log).not.toContain('ERROR');
      expect(exit.at - timesOf(app, 'handled').at(-1)!).toBeLessThan(SOON_MS);
    },
  );

  it.skipIf(!isInstalled(broker))(
    'every request that is taken is answered once, however steadily they come',
    async () => {
      const to = await link(transport);
      const app = await startService([to], { options: { drainTimeoutMs: 8000 } });
      const client = await connectTo(to);
      const flow = new Flow((id) => client.send('work', { id, ms: 30 }), 5);
      await app.event('handled', 20);
      const sentAt = app.signal('SIGTERM');
      const exit = await app.exited;
      await flow.stop();

      expect(exit).toMatchObject({ code: 0, signal: null });
      expect(exit.at - sentAt).toBeLessThan(3500);
      const handled = ids(app, 'handled') as number[];
      expect(ids(app, 'handler').length).toBe(handled.length);
      expect(flow.answered.toSorted((a, b) => a - b)).toEqual(handled.toSorted((a, b) => a - b));
      // Whatever was not taken is known not to be answered.
      expect(flow.answered.length + flow.failed.length).toBe(flow.sent);
    },
  );
});

describe.each(['microservice', 'hybrid'] as const)('a %s application', (kind) => {
  it('exits in time with a handler that never ends, and names it', async () => {
    const links = await Promise.all(
      (kind === 'hybrid' ? rows : rows.slice(0, 1)).map(({ transport }) => link(transport)),
    );
    const app = await startService(links, { kind, options: { drainTimeoutMs: 1000 } });
    for (const to of links) {
      const client = await connectTo(to);
      client.send('hang', { id: 1 }).subscribe({ error: () => {} });
    }
    await app.event('handler', links.length);
    const sentAt = app.signal('SIGTERM');
    const exit = await app.exited;
    expect(exit).toMatchObject({ code: 1, signal: null });
    expect(exit.at - sentAt).toBeLessThan(1000 + SOON_MS);
    // Those of one name are one entry, with their number.
    const cut = /Cut: (.*)/.exec(app.log)?.[1] ?? '';
    const entries = cut.matchAll(/rpc (?:Calls|Grpc)Controller\.hang [\d.]+ s(?: \((\d+)\))?/g);
    const named = [...entries].reduce((sum, [, count = '1']) => sum + Number(count), 0);
    expect(named).toBe(links.length);
  });
});

it.each([[], ['defer-initialization']] as const)(
  'a hybrid application answers on all its servers, to the last reply of a stream (%s)',
  async (...quirks) => {
    const links = await Promise.all(rows.map(({ transport }) => link(transport)));
    const app = await startService(links, { kind: 'hybrid', quirks: quirks as never });
    const replies = links.map(async (to, id) => {
      const client = await connectTo(to);
      return firstValueFrom(client.send('count', { id, ms: 60 }).pipe(toArray()));
    });
    await app.event('handler', links.length);
    app.signal('SIGTERM');
    for (const reply of replies) expect(await reply).toHaveLength(10);
    expect(await app.exited).toMatchObject({ code: 0, signal: null });
    expect(app.log).toContain(`${links.length} in flight`);
  },
);

describe.each(
  [
    { transport: 'nats', broker: 'nats-server', options: { queue: 'workers' }, method: 'work' },
    { transport: 'mqtt', broker: 'mosquitto', options: {}, method: 'shared' },
    { transport: 'rmq', broker: 'rabbitmq-server', options: {}, method: 'work' },
  ].filter(({ broker }) => isInstalled(broker as Broker)),
)('$transport, where instances share the messages', ({ transport, options, method }) => {
  it('every request is answered by one of them, and none after the signal by the one that leaves', async () => {
    const to = await link(transport, options);
    const config = { options: { gracePeriodMs: 700, drainTimeoutMs: 5000 } };
    const [leaving, staying] = await Promise.all([
      startService([to], config),
      startService([to], config),
    ]);
    const client = await connectTo(to);
    const flow = new Flow((id) => client.send(method, { id, ms: 30 }), 5);
    await leaving.event('handled', 20);
    leaving.signal('SIGTERM');
    const exit = await leaving.exited;
    await flow.stop();
    staying.signal('SIGTERM');
    await staying.exited;

    expect(exit.code).toBe(0);
    expect(flow.failed).toEqual([]);
    const handled = [leaving, staying].flatMap((app) => ids(app, 'handled') as number[]);
    const sent = Array.from({ length: flow.sent }, (_, i) => i + 1);
    expect(handled.toSorted((a, b) => a - b)).toEqual(sent);
    expect(flow.answered.toSorted((a, b) => a - b)).toEqual(sent);
    const [leftAt] = timesOf(leaving, 'grace');
    expect(timesOf(leaving, 'handler').at(-1)! - leftAt!).toBeLessThan(LATE_MS);
  });
});

it.skipIf(!isInstalled('rabbitmq-server'))(
  'rmq, with acknowledgements: every message is handled once, those at the deadline by another',
  async () => {
    const to = await link('rmq', { noAck: false, prefetchCount: 4 });
    const [leaving, staying] = await Promise.all([startService([to]), startService([to])]);
    const client = await connectTo(to);
    const messages = Array.from({ length: 60 }, (_, i) => i + 1);
    for (const id of messages) await emit(client, id, 50);
    await leaving.event('handled', 8);
    leaving.signal('SIGTERM');
    expect((await leaving.exited).code).toBe(0);
    const handled = () => [leaving, staying].flatMap((app) => ids(app, 'handled') as number[]);
    await staying.until('all messages', () => handled().length >= messages.length);
    staying.signal('SIGTERM');
    await staying.exited;
    expect(handled().toSorted((a, b) => a - b)).toEqual(messages);
    expect(ids(leaving, 'handler').length).toBe(ids(leaving, 'handled').length);
    expect(ids(leaving, 'handled').length).toBeLessThan(messages.length);
  },
);

describe('a TCP microservice', () => {
  it('serves new connections during the grace period, too', async () => {
    const to = await link('tcp');
    const app = await startService([to], { options: { gracePeriodMs: 600 } });
    const known = await connectTo(to);
    app.signal('SIGTERM');
    await app.event('grace');
    const other = await connectTo(to);
    for (const client of [known, other]) {
      expect(await firstValueFrom(client.send('work', { id: 1 }))).toEqual({ id: 1 });
    }
    expect((await app.exited).code).toBe(0);
  });

  it('closes at once if no client sends anything, and does not listen again', async () => {
    const to = await link('tcp', { retryAttempts: 5, retryDelay: 50 });
    const app = await startService([to]);
    await connectTo(to);
    const sentAt = app.signal('SIGTERM');
    const exit = await app.exited;
    expect(exit.code).toBe(0);
    expect(exit.at - sentAt).toBeLessThan(SOON_MS);
    expect(app.log).not.toContain('ERROR');
  });

  it('ends idle connections at once by app.close()', async () => {
    const to = await link('tcp');
    const app = await startService([to]);
    const client = await connectTo(to);
    expect(await firstValueFrom(client.send('work', { id: 1 }))).toEqual({ id: 1 });
    app.close();
    const [{ at: begin }, { at: end }] = [
      await app.event('draining'),
      await app.event('close-resolved'),
    ];
    expect(end - begin).toBeLessThan(SOON_MS);
  });
});

it.skipIf(!isInstalled('nats-server'))(
  'the NATS option gracefulShutdown, which sleeps 10 s, adds nothing to the shutdown',
  async () => {
    const to = await link('nats', { gracefulShutdown: true });
    const app = await startService([to]);
    const sentAt = app.signal('SIGTERM');
    const exit = await app.exited;
    expect(exit.code).toBe(0);
    expect(exit.at - sentAt).toBeLessThan(2 * SOON_MS);
  },
);

describe('a gRPC microservice', () => {
  it.each([false, true])(
    'cuts a stream that never ends, visibly (gracefulShutdown: %s)',
    async (gracefulShutdown) => {
      const to = await link('grpc', { gracefulShutdown });
      const app = await startService([to], { options: { drainTimeoutMs: 1000 } });
      const client = await connectTo(to);
      const replies = lastValueFrom(client.send('count', { id: 1, ms: 60_000 })).catch(
        (error: Error) => error,
      );
      await app.event('handler');
      const sentAt = app.signal('SIGTERM');
      const exit = await app.exited;
      expect(await replies).toBeInstanceOf(Error);
      expect(exit.code).toBe(1);
      expect(exit.at - sentAt).toBeLessThan(1000 + SOON_MS);
      expect(app.log).toContain('Cut: rpc GrpcController.count');
    },
  );

  it('is not held by a connection that never speaks or does not close its side', async () => {
    const to = await link('grpc');
    const app = await startService([to]);
    const port = Number(String(to.server.options['url']).split(':')[1]);
    const silent = await RawConnection.open(port);
    const half = await RawConnection.open(port);
    half.socket.write(HALF_A_HEADER);
    const deaf = connect({ port, host: '127.0.0.1', allowHalfOpen: true });
    await once(deaf, 'connect');
    const client = await connectTo(to);
    const reply = lastValueFrom(client.send('work', { id: 1, ms: 1500 }));
    await app.event('handler');
    const sentAt = app.signal('SIGTERM');
    expect(await reply).toEqual({ id: 1 });
    const exit = await app.exited;
    [silent, half].forEach((connection) => connection.end());
    deaf.destroy();
    expect(exit.code).toBe(0);
    expect(exit.at - sentAt).toBeLessThan(10_000);
  });

  it('reads a streaming client to its end', async () => {
    const to = await link('grpc');
    const app = await startService([to]);
    const client = await connectTo(to);
    const tasks = new Subject<Task>();
    const sum = firstValueFrom(client.stream!('sum', tasks));
    tasks.next({ id: 1 });
    await app.event('handler');
    app.signal('SIGTERM');
    await app.event('draining');
    tasks.next({ id: 41 });
    await app.event('handler', 2);
    tasks.complete();
    expect(await sum).toEqual({ id: 42 });
    expect((await app.exited).code).toBe(0);
  });
});
