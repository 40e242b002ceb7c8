import { type Client, createClient, MessageType } from 'graphql-ws';
import { afterEach, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';

import type { FixtureConfig } from '../fixtures/config.js';
import { SOON_MS } from '../support/bounds.js';
import { attempt, request } from '../support/http-client.js';
import { endAll, type RunningApplication, start } from '../support/running-application.js';

const clean = { code: 0, signal: null };
const drivers = [
  ['apollo', 'express'],
  ['apollo', 'fastify'],
  ['mercurius', 'fastify'],
] as const;

type Driver = (typeof drivers)[number][0];

const clients: Client[] = [];

afterEach(async () => {
  for (const client of clients.splice(0)) void client.dispose();
  await endAll();
});

function serve(features: Driver | 'stops-itself', config: FixtureConfig) {
  return start({ program: 'graphql', ...config }, { FIXTURE_FEATURES: features });
}

/** By HTTP. */
async function ask(port: number, query: string): Promise<unknown> {
  const { status, body } = await request(port, '/graphql', { body: JSON.stringify({ query }) });
  return { status, ...(JSON.parse(body) as object) };
}

/** A client of graphql-ws, and what happened to its connection, in order. */
function connect(port: number): { client: Client; seen: string[]; closed: Promise<void> } {
  const seen: string[] = [];
  let close!: () => void;
  const closed = new Promise<void>((resolve) => (close = resolve));
  const client = createClient({
    url: `ws://127.0.0.1:${port}/graphql`,
    webSocketImpl: WebSocket,
    // Stays connected when its operations have ended.
    lazy: false,
    onNonLazyError: () => {},
    retryAttempts: 1,
    retryWait: () => Promise.resolve(),
    on: {
      message: ({ type }) => void (type === MessageType.Next && seen.push('data')),
      closed: (event) => {
        seen.push(`closed ${(event as { code: number }).code}`);
        close();
      },
      connecting: (isRetry) => void (isRetry && seen.push('connects again')),
    },
  });
  clients.push(client);
  return { client, seen, closed };
}

/** The first result of an operation by websocket. */
function first(client: Client, query: string): Promise<unknown> {
  return new Promise((resolve, reject) => {
    client.subscribe({ query }, { next: resolve, error: reject, complete: () => {} });
  });
}

function expectDatabaseClosedLast(app: RunningApplication): void {
  expect(app.order.lastIndexOf('handler')).toBeLessThan(app.order.indexOf('onModuleDestroy'));
}

describe.each(drivers)('%s on %s', (driver, adapter) => {
  it('a query and a mutation in flight end with their data', async () => {
    const app = await serve(driver, { adapter });
    const query = ask(app.port, '{ slow(ms: 400) }');
    const mutation = ask(app.port, 'mutation { save(ms: 400) }');
    await app.event('handler', 2);
    app.signal('SIGTERM');
    expect(await query).toEqual({ status: 200, data: { slow: 'row' } });
    expect(await mutation).toEqual({ status: 200, data: { save: 'row' } });
    expect(await app.exited).toMatchObject(clean);
    expectDatabaseClosedLast(app);
    expect(app.log).not.toMatch(/WARN|ERROR/);
  });

  it('a websocket that never stops asking is closed soon, with an answer for each mutation', async () => {
    const app = await serve(driver, { adapter });
    const { client, seen, closed } = connect(app.port);
    const asking = setInterval(() => {
      void first(client, 'mutation { save(ms: 200) }').catch(() => {});
    }, 50);
    await app.event('handler', 5);
    const sentAt = app.signal('SIGTERM');
    await closed;
    clearInterval(asking);
    void client.dispose();
    const exit = await app.exited;
    expect(exit).toMatchObject(clean);
    expect(exit.at - sentAt).toBeLessThan(10_000);
    const answered = seen.slice(0, seen.indexOf('closed 1012'));
    expect(answered).toHaveLength(app.order.filter((name) => name === 'handler').length);
  });

  it('websockets are closed with 1012: a subscription at once, a query after its data', async () => {
    const app = await serve(driver, { adapter });
    const [streaming, asking] = [connect(app.port), connect(app.port)];
    await first(streaming.client, 'subscription { ticks }');
    const result = first(asking.client, '{ slow(ms: 500) }');
    await app.event('handler');
    app.signal('SIGTERM');
    await streaming.closed;
    expect(asking.seen).toEqual([]);
    expect(await result).toEqual({ data: { slow: 'row' } });
    expect(await app.exited).toMatchObject(clean);
    expect(asking.seen.slice(0, 3)).toEqual(['data', 'closed 1012', 'connects again']);
    expect(streaming.seen.filter((event) => event !== 'data').slice(0, 2)).toEqual([
      'closed 1012',
      'connects again',
    ]);
    expectDatabaseClosedLast(app);
    expect(app.log).toContain('2 websockets closed');
    expect(app.log).not.toMatch(/WARN|ERROR/);
  });

  it('queries that never end are cut at the deadline, and named by their resolver', async () => {
    const app = await serve(driver, { adapter, options: { drainTimeoutMs: 500 } });
    const { client, seen } = connect(app.port);
    void first(client, '{ hang }').catch(() => {});
    const query = attempt(app.port, '/graphql', { body: JSON.stringify({ query: '{ hang }' }) });
    await app.event('handler', 2);
    const sentAt = app.signal('SIGTERM');
    expect(await query).toEqual({ error: 'ECONNRESET' });
    const exit = await app.exited;
    expect(exit).toMatchObject({ code: 1, signal: null });
    expect(exit.at - sentAt).toBeGreaterThanOrEqual(450);
    expect(exit.at - sentAt).toBeLessThan(500 + SOON_MS);
    expect(app.log).toMatch(/Cut: .*POST ReportsResolver\.hang since before the signal/);
    expect(app.log).toMatch(/Cut: .*graphql ReportsResolver\.hang \d/);
    expect(seen[0]).toBe('closed 1012');
  });
});

it('a query by websocket whose fields take longer than its resolver ends with its data', async () => {
  const app = await serve('apollo', {});
  const { client, seen } = connect(app.port);
  const result = first(client, '{ report { title total } }');
  await app.event('handler');
  app.signal('SIGTERM');
  expect(await result).toEqual({ data: { report: { title: 'sales', total: 'row' } } });
  expect(await app.exited).toMatchObject(clean);
  expect(seen.slice(0, 2)).toEqual(['data', 'closed 1012']);
  expectDatabaseClosedLast(app);
});

it('an Apollo server with its own signal handlers is named in a warning', async () => {
  const app = await serve('stops-itself', {});
  const query = ask(app.port, '{ slow(ms: 300) }');
  await app.event('handler');
  app.signal('SIGTERM');
  expect(await query).toEqual({ status: 200, data: { slow: 'row' } });
  await app.exited;
  expect(app.log).toMatch(/Another SIGTERM listener is registered by signalHandler/);
});
