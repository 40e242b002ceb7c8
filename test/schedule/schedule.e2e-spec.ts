import { afterEach, describe, expect, it } from 'vitest';

import type { GracefulShutdownOptions } from '../../src/index.js';
import { SOON_MS } from '../support/bounds.js';
import { request } from '../support/http-client.js';
import { endAll, type RunningApplication, start } from '../support/running-application.js';

afterEach(endAll);

const slow = ['nightly', 'dynamic', 'once'];

function startApp(tickMs: number, options: GracefulShutdownOptions): Promise<RunningApplication> {
  return start({ program: 'schedule', options }, { TICK_MS: String(tickMs) });
}

function ticks(app: RunningApplication, event = 'tick'): unknown[] {
  return app.events.filter(({ name }) => name === event).map(({ detail }) => detail);
}

async function ticked(app: RunningApplication, names: string[]): Promise<void> {
  await app.until(`tick of ${names.join()}`, () =>
    names.every((name) => ticks(app).includes(name)),
  );
}

describe('schedules:', () => {
  it('no tick begins after the signal, and running ticks are awaited', async () => {
    const app = await startApp(1600, { gracePeriodMs: 500 });
    await ticked(app, [...slow, 'poll', 'registered', 'sync', 'tracked', 'fails']);
    const late = request(app.port, '/late');
    await app.event('handler');
    app.signal('SIGTERM');
    const leaving = await app.event('grace');

    expect(await app.exited).toMatchObject({ code: 0, signal: null });
    const after = app.events.filter(({ name, at }) => name === 'tick' && at > leaving.at);
    expect(after.map(({ detail }) => detail)).toEqual([]);
    const begun = ticks(app).filter((name) => slow.includes(name as string));
    expect(ticks(app, 'tick-ends')).toEqual(expect.arrayContaining(slow));
    expect(ticks(app, 'tick-ends').filter((name) => name !== 'tracked')).toHaveLength(begun.length);
    expect(app.order.indexOf('onModuleDestroy')).toBeGreaterThan(
      app.order.lastIndexOf('tick-ends'),
    );
    expect((await late).body).toBe('still there');
    expect(app.order.filter((name) => name === 'dynamic-completed')).toHaveLength(1);
    expect(app.log).not.toMatch(/WARN|the pool is closed/);
  });

  it('a tick that never ends is named in the log', async () => {
    const app = await startApp(60_000, { drainTimeoutMs: 500 });
    await ticked(app, slow);
    const sentAt = app.signal('SIGTERM');
    const exit = await app.exited;
    expect(exit).toMatchObject({ code: 1, signal: null });
    expect(exit.at - sentAt).toBeLessThan(500 + SOON_MS);
    for (const label of ['cron ReportsService.nightly', 'cron dynamic']) {
      expect(app.log).toMatch(new RegExp(`Cut: .*${label} [\\d.]+ s`));
    }
    expect(app.log).toMatch(/Cut: .*timeout ReportsService\.once [\d.]+ s/);
  });

  it('close() awaits running ticks, too, and leaves no timer', async () => {
    const app = await startApp(300, {});
    await ticked(app, slow);
    app.close();
    expect(await app.exited).toMatchObject({ code: 0, signal: null });
    expect(app.order.indexOf('onModuleDestroy')).toBeGreaterThan(
      app.order.lastIndexOf('tick-ends'),
    );
    expect(app.log).not.toContain('the pool is closed');
  });
});
