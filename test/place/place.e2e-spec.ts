import { afterEach, describe, expect, it } from 'vitest';

import type { FixtureConfig } from '../fixtures/config.js';
import { SOON_MS } from '../support/bounds.js';
import { request } from '../support/http-client.js';
import { endAll, start } from '../support/running-application.js';

afterEach(endAll);

const states = ['running', 'grace', 'draining', 'closing', 'closed'];
const settings: [string, FixtureConfig][] = [
  ['no setting of its own', {}],
  ['enableShutdownHooks() in main.ts', { quirks: ['enable-hooks-before-init'] }],
  ['enableShutdownHooks() after listen()', { quirks: ['enable-hooks-after-listen'] }],
  ['useProcessExit', { quirks: ['enable-hooks-with-signals'] }],
  ["terminus' own timeout", { terminusTimeoutMs: 3000 }],
  ['return503OnClosing', { appOptions: { return503OnClosing: true } }],
  ['forceCloseConnections', { appOptions: { forceCloseConnections: true } }],
  ['a testing module', { kind: 'testing' }],
  ['a hybrid application', { kind: 'hybrid' }],
  ['a hybrid with deferred initialization', { kind: 'hybrid', quirks: ['defer-initialization'] }],
  [
    'enableShutdownHooks() of a connected microservice',
    { kind: 'hybrid', quirks: ['enable-hooks-of-microservice'] },
  ],
  ['enableShutdownHooks() of a selected module', { quirks: ['enable-hooks-of-selected'] }],
  ['https', { https: true }],
];

describe.each(['express', 'fastify'] as const)('on %s', (adapter) => {
  describe.each(settings)('with %s', (_, setting) => {
    it('nothing is torn down before the last request has been answered', async () => {
      const app = await start({ ...setting, adapter });
      const slow = request(app.port, '/slow?ms=600', { tls: setting.https ?? false });
      await app.event('handler');
      const sentAt = app.signal('SIGTERM');

      const answer = await slow;
      const exit = await app.exited;

      expect(answer).toMatchObject({ status: 200, body: '{"row":"row"}', connection: 'close' });
      expect(exit).toMatchObject({ code: 0, signal: null });
      expect(app.order.filter((name) => states.includes(name))).toEqual(states);
      expect(app.order.indexOf('onModuleDestroy')).toBeGreaterThan(app.order.indexOf('closing'));
      expect(app.order.slice(-3)).toEqual(['onApplicationShutdown', 'closed', 'exit']);
      expect(exit.at - sentAt).toBeLessThan(2500);
    });
  });

  it('a close() without a signal drains, waits for no balancer and ends no process', async () => {
    const app = await start({ adapter, options: { gracePeriodMs: 5000 } });
    const slow = request(app.port, '/slow?ms=400');
    await app.event('handler');
    const before = Date.now();
    app.close();
    const answer = await slow;
    const resolved = await app.event('close-resolved');

    expect(answer).toMatchObject({ status: 200, body: '{"row":"row"}' });
    expect(app.order.filter((name) => states.includes(name))).toEqual(states);
    expect(resolved.at - before).toBeLessThan(SOON_MS);
    expect(resolved.detail).toEqual({ signals: 0, patched: 0, timers: 0 });
    await app.event('still-here');
    expect(await app.exited).toMatchObject({ code: 0, signal: null });
  });
});
