import { afterEach, describe, expect, it } from 'vitest';

import { LATE_MS, SOON_MS } from '../support/bounds.js';
import { attempt, request } from '../support/http-client.js';
import { endAll, type RunningApplication, start } from '../support/running-application.js';
import { endCommands, RunningCommand } from '../support/running-command.js';
import { isLongRun, times } from '../support/runs.js';

afterEach(endAll);
afterEach(endCommands);

const RUNS = times(1, 20);
const ADAPTERS = ['express', 'fastify'] as const;
const drainTimeoutMs = 5000;
const ABORT_WINDOW_MS = 1000;

/** How long after the signal it entered that state. */
function since(app: RunningApplication, sentAt: number, state: string): number {
  return app.events.find(({ name }) => name === state)!.at - sentAt;
}

it.each(Array.from({ length: RUNS }, (_, i) => ADAPTERS[i % 2]!))(
  'row 5: on %s, work is told at the deadline and cut at most a second later, and no client takes it for whole',
  async (adapter) => {
    const options = { drainTimeoutMs, closeTimeoutMs: 500 };
    const app = await start({ adapter, quirks: ['hook-hangs'], options });
    const answers = ['/hang', '/raw?ms=1000', '/file?ms=1000'].map((path) =>
      attempt(app.port, path),
    );
    const heedful = request(app.port, '/cooperative');
    await app.event('handler', 4);
    const sentAt = app.signal('SIGTERM');

    const outcomes = await Promise.all(answers);
    const cutAt = Date.now();
    const exit = await app.exited;

    expect(outcomes.map((outcome) => 'error' in outcome)).toEqual([true, true, true]);
    expect(await heedful).toMatchObject({ status: 200, body: '{"aborted":true}' });
    const told = since(app, sentAt, 'forcing');
    expect(told).toBeGreaterThan(drainTimeoutMs - ABORT_WINDOW_MS - 50);
    expect(told).toBeLessThan(drainTimeoutMs - ABORT_WINDOW_MS + LATE_MS);
    expect(cutAt - sentAt - told).toBeLessThan(1000 + LATE_MS);
    expect(exit).toMatchObject({ code: 1, signal: null });
    // A hook that hangs besides: all of the budget is used.
    expect(exit.at - sentAt).toBeLessThan(drainTimeoutMs + 500 + SOON_MS);
  },
);

describe('row 6', () => {
  const options = { gracePeriodMs: 300, drainTimeoutMs: 500, closeTimeoutMs: 300 };
  const totalMs = 1100;

  it('row 6: a blocked event loop delays the exit by as long as it is blocked, and its request is answered', async () => {
    const loopMs = times(1500, 5000);
    const app = await start({ options });
    const spinning = request(app.port, `/spin?ms=${loopMs}`, { agent: false });
    await app.event('handler');
    const sentAt = app.signal('SIGTERM');
    expect(await spinning).toMatchObject({ status: 200, body: `{"spun":${loopMs}}` });
    const exit = await app.exited;
    expect(exit).toMatchObject({ code: 0, signal: null });
    expect(exit.at - sentAt).toBeLessThan(totalMs + loopMs + SOON_MS);
  });

  it('row 6: an endless loop that began after the signal is killed a moment after the deadline', async () => {
    const app = await start({ options });
    const sentAt = app.signal('SIGTERM');
    await app.event('grace');
    const spinning = attempt(app.port, '/spin?ms=60000');
    const exit = await app.exited;
    expect(exit.signal).toBe('SIGKILL');
    expect(exit.at - sentAt).toBeLessThan(totalMs + 1000 + SOON_MS);
    expect(await spinning).toHaveProperty('error');
  });

  // It takes that long until the primary is sure that a worker takes no notice.
  it.runIf(isLongRun)(
    'row 6: an endless loop that began before the signal is killed by the primary of a graceful restart after 30 s',
    async () => {
      const service = await RunningCommand.start();
      const spinning = attempt(service.port, '/spin?ms=120000', { agent: false });
      await service.statusWith('a worker that does not answer', (status) => {
        return status.workers[0]?.inFlight === undefined;
      });
      const sentAt = Date.now();
      const exit = await service.exitedAfter('SIGTERM');
      expect(exit.at - sentAt).toBeLessThan(30_000 + 1000 + SOON_MS);
      expect(exit.code).toBe(1);
      expect(await spinning).toHaveProperty('error');
    },
  );
});
