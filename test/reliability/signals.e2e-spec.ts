import { afterEach, describe, expect, it } from 'vitest';

import { LATE_MS, SOON_MS } from '../support/bounds.js';
import { attempt } from '../support/http-client.js';
import { endAll, RunningApplication, start } from '../support/running-application.js';
import { times } from '../support/runs.js';
import { freePort } from '../support/server-process.js';

afterEach(endAll);

/** The same signal sooner is an echo. */
const NO_ECHO_MS = 200;
const hooks = ['onModuleDestroy', 'beforeApplicationShutdown', 'onApplicationShutdown'];

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

describe('row 18', () => {
  it.each([
    ['SIGTERM', 'SIGTERM'],
    ['SIGTERM', 'SIGINT'],
    ['SIGINT', 'SIGTERM'],
  ] as const)(
    'row 18: %s, then %s, are one shutdown, forced within a second, whoever else calls close()',
    async (first, second) => {
      const app = await start({ options: { gracePeriodMs: 10_000 } });
      const hanging = attempt(app.port, '/hang');
      await app.event('handler');
      app.signal(first);
      await app.event('grace');
      app.close();
      await pause(NO_ECHO_MS);
      const secondAt = app.signal(second);
      app.close();
      await app.event('closing');
      expect(Date.now() - secondAt).toBeLessThan(LATE_MS);
      expect(await hanging).toEqual({ error: 'ECONNRESET' });
      const exit = await app.exited;
      expect(exit).toMatchObject({ code: 1, signal: null });
      expect(exit.at - secondAt).toBeLessThan(1000 + SOON_MS);
      for (const hook of hooks) {
        expect(app.order.filter((name) => name === hook)).toHaveLength(1);
      }
    },
  );

  it('row 18: the third signal ends the process at once', async () => {
    const app = await start({ quirks: ['hook-hangs'] });
    app.signal('SIGTERM');
    await app.event('closing');
    // Sent together, the two could arrive in either order: Linux gives the second to another thread.
    app.signal('SIGINT');
    await app.logged('Second signal');
    const thirdAt = app.signal('SIGTERM');
    const exit = await app.exited;
    expect(exit).toMatchObject({ code: 1, signal: null });
    expect(exit.at - thirdAt).toBeLessThan(100 + 400);
  });

  it('row 18: a hook that calls close() joins the shutdown that it is part of', async () => {
    const app = await start({ quirks: ['hook-closes'] });
    const sentAt = app.signal('SIGTERM');
    const exit = await app.exited;
    expect(exit).toMatchObject({ code: 0, signal: null });
    expect(exit.at - sentAt).toBeLessThan(SOON_MS);
    for (const hook of hooks) {
      expect(app.order.filter((name) => name === hook)).toHaveLength(1);
    }
  });
});

describe('row 19', () => {
  const rounds = times(6, 200);
  /** Longer than a start takes on a machine that has nothing else to do. */
  const START_MS = 1200;

  it.each(Array.from({ length: rounds / 2 }, (_, i) => i + 1))(
    'row 19: a signal at any moment of the start ends the process, and no request is half served (round %i)',
    async (round) => {
      const ports = [await freePort(), await freePort()];
      await Promise.all(
        ports.map(async (port, i) => {
          const app = new RunningApplication({ port });
          // Each has its own part of the start.
          const part = ((round - 1) * 2 + i + Math.random()) / rounds;
          const outcomes = askUntilGone(app, port);
          await pause(part * START_MS);
          const sentAt = app.signal('SIGTERM');
          const exit = await app.exited;
          // Before the package is imported, nobody listens to the signal.
          const isAlone = exit.signal === 'SIGTERM' && !app.order.includes('created');
          expect(isAlone || exit.code === 0).toBe(true);
          expect(exit.at - sentAt).toBeLessThan(START_MS + 1000 + SOON_MS);
          expect(new Set(await outcomes)).toSatisfy(isWholeOrRefused);
        }),
      );
    },
  );

  it.each(['express', 'fastify'] as const)(
    'row 19: on %s, the first request is answered if a signal comes as soon as the server listens',
    async (adapter) => {
      const port = await freePort();
      const app = new RunningApplication({ adapter, port });
      const outcomes = askUntilGone(app, port);
      await app.event('listening');
      app.signal('SIGTERM');
      expect(await app.exited).toMatchObject({ code: 0, signal: null });
      expect(new Set(await outcomes)).toSatisfy(isWholeOrRefused);
    },
  );
});

/** @returns the status of each answer, and the code of each error */
async function askUntilGone(app: RunningApplication, port: number): Promise<(number | string)[]> {
  const outcomes: (number | string)[] = [];
  const gone = new AbortController();
  void app.exited.then(() => gone.abort());
  while (!gone.signal.aborted) {
    const outcome = await attempt(port, '/slow?ms=5', { agent: false });
    outcomes.push('status' in outcome ? outcome.status : outcome.error);
    await pause(2);
  }
  return outcomes;
}

function isWholeOrRefused(outcomes: Set<number | string>): boolean {
  return [...outcomes].every((outcome) => outcome === 200 || outcome === 'ECONNREFUSED');
}
