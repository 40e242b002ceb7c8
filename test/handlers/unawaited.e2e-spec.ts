import { afterEach, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';

import type { GracefulShutdownOptions } from '../../src/index.js';
import { request } from '../support/http-client.js';
import { endAll, type RunningApplication, start } from '../support/running-application.js';

afterEach(endAll);

function told({ events }: RunningApplication, event: string): string[] {
  return events.filter(({ name }) => name === event).map(({ detail }) => String(detail));
}

/** Nothing else holds the drain. */
function startApp(
  options: GracefulShutdownOptions = {},
  env: NodeJS.ProcessEnv = {},
): Promise<RunningApplication> {
  return start({ program: 'unawaited', options: { idleLingerMs: 0, ...options } }, env);
}

/** All that has begun has ended, with its pool open. @returns the names */
async function awaited(app: RunningApplication): Promise<string[]> {
  expect(await app.exited).toMatchObject({ code: 0, signal: null });
  expect(told(app, 'ends').toSorted()).toEqual(told(app, 'begins').toSorted());
  expect(app.order.lastIndexOf('ends')).toBeLessThan(app.order.indexOf('onModuleDestroy'));
  expect(app.log).not.toMatch(/the pool is closed|WARN|ERROR/);
  return told(app, 'ends');
}

const handlers = [
  {
    path: 'event',
    names: ['OnEvent', 'chained', 'TrackInFlight', 'scoped OnEvent'],
    labels: ['event Listener.first', 'by hand', 'event ScopedListener.scoped'],
  },
  {
    path: 'cqrs',
    names: ['EventsHandler', 'saga'],
    labels: ['event OrderPlacedHandler.handle', 'command SendInvoiceHandler.execute'],
  },
  { path: 'own', names: ['OnDomainEvent'], labels: ['domain event Mails.welcome'] },
];

describe('handlers that nobody awaits', () => {
  it.each(handlers)('hold the drain, as do those that they start: $path', async (one) => {
    const app = await startApp();
    await request(app.port, `/order/${one.path}`);
    app.signal('SIGTERM');
    expect(await awaited(app)).toEqual(expect.arrayContaining(one.names));
  });

  it.each(handlers)('are named when they are cut: $path', async ({ path, labels }) => {
    const app = await startApp({ drainTimeoutMs: 500 }, { WORK_MS: '60000' });
    await request(app.port, `/order/${path}`);
    await app.event('begins', labels.length);
    app.signal('SIGTERM');
    expect(await app.exited).toMatchObject({ code: 1, signal: null });
    const [, cut] = /Cut: (.*)/.exec(app.log)!;
    expect(
      cut!
        .replace(/ [\d.]+ s/g, '')
        .split(', ')
        .toSorted(),
    ).toEqual(labels.toSorted());
  });

  it('include handleDisconnect for connections that the drain closes', async () => {
    const app = await startApp();
    const client = new WebSocket(`ws://127.0.0.1:${app.port}/chat`);
    await app.event('begins');
    app.signal('SIGTERM');
    expect(await awaited(app)).toEqual(
      expect.arrayContaining(['handleConnection', 'handleDisconnect']),
    );
    client.terminate();
  });

  it('include intervals and timeouts that were added by hand', async () => {
    const app = await startApp({}, { TIMERS: 'yes' });
    await app.until('timers', () =>
      ['interval', 'timeout'].every((name) => told(app, 'begins').includes(name)),
    );
    app.signal('SIGTERM');
    expect(await awaited(app)).toEqual(expect.arrayContaining(['interval', 'timeout']));
  });

  it('are awaited by close(), too', async () => {
    const app = await startApp();
    await request(app.port, '/order/event');
    app.close();
    expect(await awaited(app)).toEqual(expect.arrayContaining(['OnEvent', 'scoped OnEvent']));
  });

  it('are called as before: in their order, with their results, errors and metadata', async () => {
    const app = await startApp({}, { WORK_MS: '10' });
    expect(JSON.parse((await request(app.port, '/ask')).body)).toEqual({
      answers: ['answer to you'],
      command: 'sent',
    });
    await request(app.port, '/order/broken');
    await app.logged('a listener that fails');
    expect(JSON.parse((await request(app.port, '/method')).body)).toEqual({
      name: 'first',
      length: 0,
      keys: expect.arrayContaining(['EVENT_LISTENER_METADATA']) as unknown,
      methods: ['constructor', 'first', 'chained', 'second', 'third', 'broken', 'asked'],
    });
    await request(app.port, '/order/event');
    await app.event('begins', 4);
    expect(told(app, 'begins').slice(1)).toEqual(['OnEvent', 'TrackInFlight', 'scoped OnEvent']);
    app.signal('SIGTERM');
    expect(await app.exited).toMatchObject({ code: 0 });
  });
});
