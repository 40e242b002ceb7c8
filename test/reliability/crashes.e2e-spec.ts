import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, afterEach, expect, it } from 'vitest';

import { SOON_MS } from '../support/bounds.js';
import { attempt, request } from '../support/http-client.js';
import { endAll, start } from '../support/running-application.js';

const folder = mkdtempSync(join(tmpdir(), 'nestjs-drain-'));
afterEach(endAll);
afterAll(() => rmSync(folder, { recursive: true }));

it('row 17: a hook that rejects late is named, the others run, and the exit code is 1', async () => {
  const app = await start({ quirks: ['hook-rejects'] });
  app.signal('SIGTERM');
  expect(await app.exited).toMatchObject({ code: 1, signal: null });
  expect(app.log).toContain('Quirky.onModuleDestroy: a hook that rejects late');
  for (const hook of ['onModuleDestroy', 'beforeApplicationShutdown', 'onApplicationShutdown']) {
    expect(app.order).toContain(hook);
  }
});

it.each([
  ['exception', 'express'],
  ['rejection', 'fastify'],
] as const)(
  'row 20: an uncaught %s with 50 requests in flight: those that end in time are answered, the one that does not is cut',
  async (kind, adapter) => {
    const drainTimeoutMs = 3000;
    const options = { drainOnCrash: true, gracePeriodMs: 10_000, drainTimeoutMs };
    const app = await start({ adapter, options });
    const agentless = { agent: false } as const;
    const slow = Array.from({ length: 50 }, () => request(app.port, '/slow?ms=1000', agentless));
    const hanging = attempt(app.port, '/hang', agentless);
    await app.event('handler', 51);
    const crashedAt = Date.now();
    await request(app.port, `/crash?kind=${kind}`, { body: '{}', ...agentless });

    const answers = await Promise.all(slow);
    const exit = await app.exited;

    expect(new Set(answers.map(({ status, body }) => `${status} ${body}`))).toEqual(
      new Set(['200 {"row":"row"}']),
    );
    expect(await hanging).toEqual({ error: 'ECONNRESET' });
    expect(exit).toMatchObject({ code: 1, signal: null });
    // No grace period: the time of the drain is the bound.
    expect(exit.at - crashedAt).toBeLessThan(drainTimeoutMs + SOON_MS);
  },
);

it('row 27: the next run reports a run that was killed while forcing, once', async () => {
  const reportFile = join(folder, 'report.json');
  const app = await start({ options: { reportFile, drainTimeoutMs: 5000 } });
  void attempt(app.port, '/hang');
  await app.event('handler');
  app.signal('SIGTERM');
  // The last fifth of the drain, in which work may still react.
  await app.event('forcing');
  app.kill();
  await app.exited;

  const next = await start({ options: { reportFile } });
  await next.logged(`The previous run ended without a shutdown (process ${app.pid}, started `);
  expect(next.log).toContain('last seen forcing)');
  next.signal('SIGTERM');
  await next.exited;
  const afterNext = await start({ options: { reportFile } });
  expect(afterNext.log).not.toContain('The previous run ended');
});
