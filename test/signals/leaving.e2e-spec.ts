import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, describe, expect, it } from 'vitest';

import type { ShutdownReport } from '../../src/index.js';
import { BEFORE_DEADLINE_MS } from '../support/bounds.js';
import { attempt, request } from '../support/http-client.js';
import { endAll, RunningApplication, start } from '../support/running-application.js';

afterEach(endAll);

const SIGTERM_CODE = 143;

function reportFile(): { file: string; read: () => ShutdownReport } {
  const file = join(mkdtempSync(join(tmpdir(), 'leaving-')), 'report.json');
  return { file, read: () => JSON.parse(readFileSync(file, 'utf8')) as ShutdownReport };
}

describe('a process that has no server', () => {
  it('does not exit with 0 if it is interrupted in the middle of its job', async () => {
    const { file, read } = reportFile();
    const app = await start({ program: 'job', options: { reportFile: file } }, { JOB: 'busy' });
    app.signal('SIGTERM');
    expect(await app.exited).toMatchObject({ code: SIGTERM_CODE, signal: null });
    expect(app.order).toContain('onApplicationShutdown');
    expect(app.log).toMatch(
      /Interrupted: the job was abandoned while the event loop was still busy \(.*Timeout/,
    );
    expect(read()).toMatchObject({ result: 'failed', exitCode: SIGTERM_CODE });
    expect(read().failures).toMatchObject([{ where: 'the job of this process' }]);
  });

  it('does not exit with 0 if its job fails because its pool is closed', async () => {
    const app = await start({ program: 'job' }, { JOB: 'rejects' });
    app.signal('SIGTERM');
    const { code } = await app.exited;
    expect(code).not.toBe(0);
    expect(app.log).toContain('the pool is closed');
    expect(app.log).toContain('Shutdown report');
  });

  it('exits with 0 if its work ends at the signal', async () => {
    const app = await start({ program: 'job' }, { JOB: 'done' });
    app.signal('SIGTERM');
    expect(await app.exited).toMatchObject({ code: 0, signal: null });
    expect(app.log).toContain('Shutdown report');
  });

  it('finishes a command of nest-commander', async () => {
    const app = await start({ program: 'job' }, { JOB: 'command' });
    app.signal('SIGTERM');
    expect(await app.exited).toMatchObject({ code: 0, signal: null });
    expect(app.order).toContain('command-ends');
    const endsAt = app.order.indexOf('command-ends');
    expect(app.order.indexOf('onApplicationShutdown')).toBeGreaterThan(endsAt);
  });

  it('has no grace period, and says so at the start', async () => {
    const options = { gracePeriodMs: 60_000 };
    const app = await start({ program: 'job', options }, { JOB: 'done' });
    expect(app.log).toContain(
      'the grace period of 60.0 s is skipped, unless a server is listening',
    );
    const sentAt = app.signal('SIGTERM');
    const { code, at } = await app.exited;
    expect(code).toBe(0);
    expect(at - sentAt).toBeLessThan(BEFORE_DEADLINE_MS);
  });
});

describe('an uncaught error', () => {
  it('during the shutdown is a failure, and the shutdown goes on, without drainOnCrash', async () => {
    const { file, read } = reportFile();
    const app = await start({ quirks: ['hook-crashes'], options: { reportFile: file } });
    app.signal('SIGTERM');
    expect(await app.exited).toMatchObject({ code: 1, signal: null });
    expect(app.order).toContain('hook-drained');
    expect(app.order).toContain('onApplicationShutdown');
    expect(app.log).toContain('uncaught error: nobody catches this');
    expect(app.log).toContain('Closed in');
    expect(read()).toMatchObject({ result: 'failed', exitCode: 1 });
    expect(read().failures).toMatchObject([
      { where: 'uncaught error', message: 'nobody catches this' },
    ]);
  });

  it('that a tool such as Sentry reports is a failure, and cuts no request in flight', async () => {
    const { file, read } = reportFile();
    const options = { gracePeriodMs: 500, reportFile: file };
    const app = await start({ quirks: ['error-reporter'], options });
    const slow = request(app.port, '/slow?ms=1000');
    await app.event('handler');
    app.signal('SIGTERM');
    await app.event('grace');
    await request(app.port, '/crash?kind=exception', { body: '{}' });
    expect(await slow).toMatchObject({ status: 200 });
    expect(await app.exited).toMatchObject({ code: 1, signal: null });
    expect(app.order).toContain('error-reported');
    expect(app.order).toContain('onApplicationShutdown');
    expect(read()).toMatchObject({ result: 'failed', exitCode: 1 });
    expect(read().failures).toMatchObject([{ where: 'uncaught error' }]);
  });

  it('after everything is closed does not make a clean exit a failure', async () => {
    const app = await start({ quirks: ['crashes-late'] });
    app.signal('SIGTERM');
    expect(await app.exited).toMatchObject({ code: 0, signal: null });
    expect(app.log).toContain(
      'Ignored an uncaught error after everything was closed: too late to matter',
    );
  });
});

describe('a close() of the application', () => {
  it('in its own signal listener, registered first, keeps the grace period', async () => {
    const app = await start({
      quirks: ['own-signal-listener'],
      options: { gracePeriodMs: 1500 },
    });
    app.signal('SIGTERM');
    const { at } = await app.event('grace');
    expect(await request(app.port, '/hello')).toMatchObject({ status: 200 });
    const draining = await app.event('draining');
    expect(draining.at - at).toBeGreaterThanOrEqual(1400);
    expect(await app.exited).toMatchObject({ code: 0, signal: null });
    expect(app.log).toContain('SIGTERM received');
  });

  it.each(['init-closes', 'hook-awaits-close'] as const)(
    'that a hook awaits does not wait for that hook (%s)',
    async (quirk) => {
      const app = new RunningApplication({ quirks: [quirk] });
      await app.event(quirk === 'init-closes' ? 'init-ends' : 'listening');
      const sentAt = app.signal('SIGTERM');
      const { at } = await app.exited;
      expect(at - sentAt).toBeLessThan(BEFORE_DEADLINE_MS);
      expect(app.order).toContain('onApplicationShutdown');
      expect(app.log).not.toContain('did not finish within');
    },
  );

  it('is not held up by a handler that awaits shutdown(), which is answered', async () => {
    const app = await start();
    const askedAt = Date.now();
    const answer = await request(app.port, '/leave-awaited', { body: '{}' });
    expect(answer).toMatchObject({ status: 200, body: '{"row":"row"}' });
    const { code, at } = await app.exited;
    expect(code).toBe(0);
    expect(at - askedAt).toBeLessThan(BEFORE_DEADLINE_MS);
  });
});

it('what is done before the exit and at the exit is done, however late it is asked for', async () => {
  const app = await start({ quirks: ['flushes-late'] });
  app.signal('SIGTERM');
  expect(await app.exited).toMatchObject({ code: 0, signal: null });
  expect(app.order.filter((name) => name === 'flushed')).toHaveLength(2);
  expect(app.order).toContain('last-exit-listener');
});

it('an application without the module leaves with the others, and its requests are answered', async () => {
  const app = await start({ quirks: ['other-application'], options: { gracePeriodMs: 300 } });
  await app.event('listening', 2);
  expect(app.log).toContain('does not import GracefulShutdownModule');
  const slow = attempt(app.ports[1]!, '/slow?ms=1500');
  await app.event('handler');
  app.signal('SIGTERM');
  expect(await slow).toMatchObject({ status: 200, body: '{"row":"row"}' });
  expect(await app.exited).toMatchObject({ code: 0, signal: null });
  expect(app.order.filter((name) => name === 'onApplicationShutdown')).toHaveLength(2);
});
