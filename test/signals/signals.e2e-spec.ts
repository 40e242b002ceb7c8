import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

import { afterEach, describe, expect, it } from 'vitest';

import { LATE_MS, SOON_MS } from '../support/bounds.js';
import { attempt, request } from '../support/http-client.js';
import { endAll, RunningApplication, start } from '../support/running-application.js';

afterEach(endAll);

const states = new Set(['running', 'grace', 'draining', 'forcing', 'closing', 'closed']);

function statesOf(app: RunningApplication): string[] {
  return app.order.filter((name) => states.has(name));
}

describe.each(['SIGTERM', 'SIGINT'] as const)('the signal %s', (signal) => {
  it('begins the shutdown, grace period included, and the process exits with 0', async () => {
    const app = await start({ options: { gracePeriodMs: 700 } });
    const sentAt = app.signal(signal);
    const exit = await app.exited;
    expect(exit).toMatchObject({ code: 0, signal: null });
    expect(exit.at - sentAt).toBeGreaterThanOrEqual(650);
    expect(exit.at - sentAt).toBeLessThan(700 + SOON_MS);
    expect(statesOf(app)).toEqual(['running', 'grace', 'draining', 'closing', 'closed']);
    expect(app.events.find(({ name }) => name === 'onApplicationShutdown')?.detail).toBe(signal);
    expect(app.events.find(({ name }) => name === 'exit')?.detail).toBe(0);
  });

  it('cuts the work in flight the second time, and ends the process the third time', async () => {
    const app = await start({ quirks: ['hook-hangs'] });
    const hanging = attempt(app.port, '/hang');
    await app.event('handler');
    app.signal(signal);
    await app.event('draining');
    const secondAt = app.signal('SIGTERM' === signal ? 'SIGINT' : 'SIGTERM');
    await app.event('closing');
    expect(await hanging).toEqual({ error: 'ECONNRESET' });
    expect(Date.now() - secondAt).toBeLessThan(LATE_MS);
    const thirdAt = app.signal(signal);
    const exit = await app.exited;
    expect(exit).toMatchObject({ code: 1, signal: null });
    expect(exit.at - thirdAt).toBeLessThan(SOON_MS);
    // The report comes last.
    expect(app.log).toMatch(/Exiting with 1 [^]*Shutdown report/);
  });
});

it('a second signal ends the grace period', async () => {
  const app = await start({ options: { gracePeriodMs: 20_000 } });
  app.signal('SIGTERM');
  await app.event('grace');
  await request(app.port, '/hello');
  const secondAt = app.signal('SIGINT');
  const exit = await app.exited;
  expect(exit.code).toBe(1);
  expect(exit.at - secondAt).toBeLessThan(SOON_MS);
  expect(statesOf(app)).toEqual(['running', 'grace', 'forcing', 'closing', 'closed']);
});

it('one shutdown runs, however many signals and close() calls request it', async () => {
  const app = await start();
  const slow = request(app.port, '/slow?ms=500');
  await app.event('handler');
  app.close();
  await app.event('draining');
  app.close();
  app.signal('SIGTERM');
  expect(await slow).toMatchObject({ status: 200 });
  expect(await app.exited).toMatchObject({ code: 0, signal: null });
  expect(statesOf(app)).toEqual(['running', 'grace', 'draining', 'closing', 'closed']);
  for (const hook of ['onModuleDestroy', 'beforeApplicationShutdown', 'onApplicationShutdown']) {
    expect(app.order.filter((name) => name === hook)).toHaveLength(1);
  }
});

it('shutdown() inside a request acts like a signal, and the request is answered', async () => {
  const app = await start({ options: { gracePeriodMs: 300 } });
  const answer = await request(app.port, '/leave', { body: '{}' });
  expect(answer).toMatchObject({ status: 200, body: '{"leaving":true}' });
  expect(await app.exited).toMatchObject({ code: 0, signal: null });
  expect(app.log).toContain('shutdown() called (asked over HTTP)');
});

it('enableShutdownHooks() adds its signals', async () => {
  const app = await start({ quirks: ['enable-hooks-with-signals'] });
  const slow = request(app.port, '/slow?ms=300');
  await app.event('handler');
  app.signal('SIGHUP');
  expect(await slow).toMatchObject({ status: 200 });
  expect(await app.exited).toMatchObject({ code: 0, signal: null });
});

describe('the process is gone at the deadline, whatever the application does', () => {
  it('when a hook never ends, and the other hooks still run', async () => {
    const options = { drainTimeoutMs: 1000, closeTimeoutMs: 1500 };
    const app = await start({ quirks: ['hook-hangs'], options });
    const sentAt = app.signal('SIGTERM');
    const exit = await app.exited;
    expect(exit).toMatchObject({ code: 1, signal: null });
    expect(exit.at - sentAt).toBeLessThan(2500 + SOON_MS);
    expect(app.order).toContain('onModuleDestroy');
    expect(app.order).toContain('onApplicationShutdown');
    expect(app.log).toMatch(/Quirky\.onModuleDestroy: did not finish within \d+ ms, the time left/);
    expect(app.log).toContain('Closed in');
    expect(app.log).toContain('Shutdown report');
  });

  it.each([
    { what: 'a hook', quirk: 'hook-spins' },
    { what: 'a listener of intakeSignal', quirk: 'intake-spins' },
  ] as const)('when $what blocks the event loop for ever', async ({ quirk }) => {
    const app = await start({
      quirks: [quirk],
      options: { drainTimeoutMs: 500, closeTimeoutMs: 500 },
    });
    const sentAt = app.signal('SIGTERM');
    const exit = await app.exited;
    expect(exit.signal).toBe('SIGKILL');
    expect(exit.at - sentAt).toBeLessThan(1000 + SOON_MS);
    expect(app.log).toContain('event loop was still blocked at the deadline');
  });

  it('when requests never end and hooks never end', async () => {
    const app = await start({
      quirks: ['hook-hangs'],
      options: { gracePeriodMs: 300, drainTimeoutMs: 1000, closeTimeoutMs: 700 },
    });
    const hanging = attempt(app.port, '/hang');
    await app.event('handler');
    const sentAt = app.signal('SIGTERM');
    const exit = await app.exited;
    expect(await hanging).toEqual({ error: 'ECONNRESET' });
    expect(exit.code).toBe(1);
    expect(exit.at - sentAt).toBeLessThan(2000 + SOON_MS);
  });
});

it('a hook that drains its own queue gets the unused time of the drain, and the next phase waits for it', async () => {
  const options = { drainTimeoutMs: 9000, closeTimeoutMs: 1000 };
  const app = await start({ quirks: ['hook-drains'], options });
  app.signal('SIGTERM');
  expect(await app.exited).toMatchObject({ code: 0, signal: null });
  const drainedAt = app.order.indexOf('hook-drained');
  expect(drainedAt).toBeGreaterThan(-1);
  expect(app.order.indexOf('beforeApplicationShutdown')).toBeGreaterThan(drainedAt);
  expect(app.log).toMatch(/Closed in [2-9]\.\d s/);
});

it('a hook that throws is named, the others still run, and the exit code is 1', async () => {
  const app = await start({ quirks: ['hook-throws'] });
  app.signal('SIGTERM');
  expect(await app.exited).toMatchObject({ code: 1, signal: null });
  expect(app.log).toContain('Quirky.onModuleDestroy: a hook that throws');
  for (const hook of ['onModuleDestroy', 'beforeApplicationShutdown', 'onApplicationShutdown']) {
    expect(app.order).toContain(hook);
  }
});

it('a process whose event loop is kept alive is ended, and the cause is named', async () => {
  const app = await start({ quirks: ['keeps-loop-alive'] });
  const sentAt = app.signal('SIGTERM');
  const exit = await app.exited;
  expect(exit).toMatchObject({ code: 0, signal: null });
  expect(exit.at - sentAt).toBeLessThan(SOON_MS);
  expect(app.log).toMatch(/kept alive by: .*Timeout/);
  expect(app.order).toContain('exit');
});

it('another listener of the signal is named in a warning', async () => {
  const app = await start({ quirks: ['foreign-listener'] });
  await app.logged('Another SIGTERM listener is registered by somebodyElse');
  app.signal('SIGTERM');
  expect(await app.exited).toMatchObject({ code: 0, signal: null });
  expect(app.log.match(/Another SIGTERM listener is registered/g)).toHaveLength(1);
});

it('a signal while modules are being built ends the process at once', async () => {
  const app = new RunningApplication({ quirks: ['slow-factory'] });
  await app.event('factory-begins');
  const sentAt = app.signal('SIGTERM');
  const exit = await app.exited;
  expect(exit).toMatchObject({ code: 0, signal: null });
  expect(exit.at - sentAt).toBeLessThan(SOON_MS);
});

it('a signal during the start hooks waits for them, then tears down what they began', async () => {
  const app = new RunningApplication({ quirks: ['slow-init'] });
  await app.event('init-begins');
  app.signal('SIGTERM');
  expect(await app.exited).toMatchObject({ code: 0, signal: null });
  expect(app.order).not.toContain('listening');
  expect(app.order.indexOf('onModuleDestroy')).toBeGreaterThan(app.order.indexOf('init-ends'));
  expect(app.log).not.toMatch(/unsettled|unhandled/i);
});

it('an error of a start hook after the signal is named, and makes the exit code 1', async () => {
  const app = new RunningApplication({ quirks: ['slow-init-throws'] });
  await app.event('init-begins');
  app.signal('SIGTERM');
  expect(await app.exited).toMatchObject({ code: 1, signal: null });
  expect(app.log).toContain('start: a start hook that throws');
  expect(app.order).toContain('onModuleDestroy');
});

it('a signal between create() and listen() ends the process before it listens', async () => {
  const app = new RunningApplication({ quirks: ['pause-before-listen'] });
  await app.event('created');
  const sentAt = app.signal('SIGTERM');
  const exit = await app.exited;
  expect(exit).toMatchObject({ code: 0, signal: null });
  expect(exit.at - sentAt).toBeLessThan(SOON_MS);
  expect(app.order).not.toContain('listening');
  expect(app.log).not.toContain('kept alive by');
});

it('a signal a moment after listen() ends the process cleanly', async () => {
  const app = await start();
  app.signal('SIGTERM');
  expect(await app.exited).toMatchObject({ code: 0, signal: null });
});

it('several applications in one process leave together, and the process exits when the last is closed', async () => {
  const app = await start({ kind: 'two-apps' });
  await app.event('listening', 2);
  const slow = app.ports.map((port, i) => request(port, `/slow?ms=${300 + 500 * i}`));
  await app.event('handler', 2);
  app.signal('SIGTERM');
  expect(await Promise.all(slow)).toMatchObject([{ status: 200 }, { status: 200 }]);
  expect(await app.exited).toMatchObject({ code: 0, signal: null });
  expect(app.order.filter((name) => name === 'closed')).toHaveLength(2);
});

describe('with drainOnCrash', () => {
  it.each(['exception', 'rejection'])(
    'an uncaught %s lets the others finish, without a grace period, and exits with 1',
    async (kind) => {
      const app = await start({ options: { drainOnCrash: true, gracePeriodMs: 5000 } });
      const slow = request(app.port, '/slow?ms=500');
      await app.event('handler');
      await request(app.port, `/crash?kind=${kind}`, { body: '{}' });
      expect(await slow).toMatchObject({ status: 200 });
      const exit = await app.exited;
      expect(exit).toMatchObject({ code: 1, signal: null });
      expect(app.log).toContain('on purpose');
      expect(app.order).toContain('onApplicationShutdown');
    },
  );
});

it('without drainOnCrash, Node itself handles an uncaught exception', async () => {
  const app = await start();
  const slow = attempt(app.port, '/slow?ms=3000');
  await app.event('handler');
  await attempt(app.port, '/crash?kind=exception', { body: '{}' });
  expect((await app.exited).code).toBe(1);
  expect(await slow).toEqual({ error: 'ECONNRESET' });
  expect(app.order).not.toContain('grace');
});

it('if the module cannot run before the hooks, a warning says what to add, and requests are drained late', async () => {
  const app = await start({ quirks: ['no-capture', 'enable-hooks-before-init'] });
  await app.logged('GracefulShutdownModule.attach(app)');
  const hello = request(app.port, '/file?ms=20');
  await app.event('handler');
  app.signal('SIGTERM');
  expect(await hello).toMatchObject({ status: 200 });
  await app.exited;
  expect(app.order.indexOf('draining')).toBeGreaterThan(app.order.indexOf('onModuleDestroy'));
});

it('attach(app) lets the module run before the hooks if it could not find the application', async () => {
  const app = await start({ quirks: ['no-capture-attach'] });
  const slow = request(app.port, '/slow?ms=400');
  await app.event('handler');
  app.signal('SIGTERM');
  expect(await slow).toMatchObject({ status: 200, body: '{"row":"row"}' });
  expect(await app.exited).toMatchObject({ code: 0, signal: null });
  expect(app.log).not.toContain('GracefulShutdownModule.attach(app)');
});

it.each(['context', 'microservice'] as const)(
  'an application of kind %s leaves cleanly',
  async (kind) => {
    const app = await start({ kind }, { FIXTURE_PORT: '0' });
    app.signal('SIGTERM');
    expect(await app.exited).toMatchObject({ code: 0, signal: null });
    expect(statesOf(app)).toEqual(['running', 'grace', 'draining', 'closing', 'closed']);
    expect(app.events.find(({ name }) => name === 'onApplicationShutdown')?.detail).toBe('SIGTERM');
  },
);

it.skipIf(!canMakePidNamespaces())(
  'an application works as PID 1, whose signals have no default action (needs root to create a PID namespace)',
  async () => {
    const app = new RunningApplication({}, {}, ['unshare', '--pid', '--fork', '--kill-child']);
    await app.event('listening');
    const slow = request(app.port, '/slow?ms=300');
    await app.event('handler');
    // Not to unshare itself, which is the child of this test.
    process.kill(childOf(app.pid), 'SIGTERM');
    expect(await slow).toMatchObject({ status: 200 });
    expect(await app.exited).toMatchObject({ code: 0, signal: null });
  },
);

function canMakePidNamespaces(): boolean {
  return spawnSync('unshare', ['--pid', '--fork', 'true']).status === 0;
}

function childOf(pid: number): number {
  return Number(readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim());
}
