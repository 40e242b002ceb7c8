import { afterEach, describe, expect, it } from 'vitest';

import type { FixtureConfig } from '../fixtures/config.js';
import { SOON_MS } from '../support/bounds.js';
import { attempt, keepAliveAgent, type Outcome, request } from '../support/http-client.js';
import { endAll, type RunningApplication, start } from '../support/running-application.js';

afterEach(endAll);

describe.each<[string, FixtureConfig]>([
  ['over one Express instance', { adapter: 'express', kind: 'instance' }],
  ["over Fastify's routing", { adapter: 'fastify', kind: 'instance' }],
  ["over the handler of Fastify's serverFactory", { adapter: 'fastify', kind: 'server-factory' }],
])('hand-made HTTP and HTTPS servers %s, after app.init(),', (_name, config) => {
  it('drain without configuration: no request fails, and nothing is torn down before the last', async () => {
    const app = await startServers(config, 3);
    const [plain, secure] = app.ports as [number, number];
    const slow = [
      attempt(plain, '/slow?ms=2000'),
      attempt(secure, '/slow?ms=2000', { tls: true }),
    ] as const;
    await app.event('handler', 2);
    const load = [loadOn(plain, false), loadOn(secure, true)];
    const sentAt = app.signal('SIGTERM');

    const answers = await Promise.all(slow);
    const outcomes = (await Promise.all(load)).flat();
    const exit = await app.exited;

    expect(answers).toMatchObject([
      { status: 200, connection: 'close' },
      { status: 200, connection: 'close' },
    ]);
    expect(outcomes.filter((outcome) => !isServed(outcome))).toEqual([]);
    expect(exit).toMatchObject({ code: 0, signal: null });
    expect(exit.at - sentAt).toBeLessThan(2000 + SOON_MS);
    expect(app.order.filter((name) => name === 'server-closed')).toHaveLength(2);
    expect(app.log).toMatch(/2 in flight|2 requests/);
  });

  it('leave a separate health server open to the end, which does not hold the exit', async () => {
    const app = await startServers(config, 3);
    const [plain, , health] = app.ports as [number, number, number];
    const agent = keepAliveAgent();
    await request(health, '/', { agent });
    const slow = attempt(plain, '/slow?ms=2000');
    await app.event('handler');
    app.signal('SIGTERM');
    await app.event('draining');

    expect(await request(health, '/', { agent })).toMatchObject({ status: 200, body: 'alive' });
    expect(await attempt(health, '/')).toMatchObject({ status: 200, body: 'alive' });
    const { at } = (await slow) as { at: number };
    const exit = await app.exited;

    expect(exit.code).toBe(0);
    expect(exit.at - at).toBeLessThan(SOON_MS);
    agent.destroy();
  });
});

it.each(['express', 'fastify'] as const)(
  'on %s, a server whose requests are passed on by a function drains after addServer()',
  async (adapter) => {
    const app = await startServers({ adapter, kind: 'passed-on' }, 2);
    const slow = attempt(app.port, '/slow?ms=2000');
    await app.event('handler');
    const load = loadOn(app.port, false);
    app.signal('SIGTERM');

    expect(await slow).toMatchObject({ status: 200, connection: 'close' });
    expect((await load).filter((outcome) => !isServed(outcome))).toEqual([]);
    expect((await app.exited).code).toBe(0);
  },
);

async function startServers(config: FixtureConfig, count: number): Promise<RunningApplication> {
  const app = await start({ program: 'servers', ...config });
  await app.event('listening', count);
  return app;
}

/** Requests over one kept connection after the other until nobody listens any more. */
async function loadOn(port: number, tls: boolean): Promise<Outcome[]> {
  const outcomes: Outcome[] = [];
  const agent = keepAliveAgent(tls);
  for (;;) {
    const outcome = await attempt(port, '/hello', { tls, agent });
    if ('error' in outcome && outcome.error === 'ECONNREFUSED') break;
    outcomes.push(outcome);
  }
  agent.destroy();
  return outcomes;
}

function isServed(outcome: Outcome): boolean {
  return 'status' in outcome && outcome.status === 200;
}
