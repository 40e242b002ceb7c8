import { afterEach, describe, expect, it } from 'vitest';

import { LATE_MS } from '../support/bounds.js';
import { attempt, keepAliveAgent, type Outcome, request } from '../support/http-client.js';
import { endAll, type RunningApplication, start } from '../support/running-application.js';

afterEach(endAll);

interface Probes {
  readonly answered: { outcome: Outcome; at: number }[];
  /** When the first one began that was not answered. */
  readonly failedFrom: number;
}

/** Probes on a kept connection until it is closed, as the kubelet does until the container ends. */
async function probe(app: RunningApplication, path: string): Promise<Probes> {
  const agent = keepAliveAgent();
  const answered: Probes['answered'] = [];
  for (;;) {
    const begunAt = Date.now();
    const outcome = await attempt(app.port, path, { agent });
    if ('error' in outcome) {
      agent.destroy();
      return { answered, failedFrom: begunAt };
    }
    answered.push({ outcome, at: Date.now() });
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

function statuses(probes: { outcome: Outcome }[]): number[] {
  return probes.map(({ outcome }) => ('status' in outcome ? outcome.status : 0));
}

describe.each(['express', 'fastify'] as const)('on %s', (adapter) => {
  it('readiness turns red before anything else happens; liveness stays green to the end', async () => {
    const app = await start({ adapter, options: { gracePeriodMs: 800 } });
    const slow = request(app.port, '/slow?ms=1200');
    const probing = [probe(app, '/health/ready'), probe(app, '/health/live')] as const;
    await app.event('handler');
    await request(app.port, '/hello');
    const sentAt = app.signal('SIGTERM');
    const [{ answered: ready }, { answered: live, failedFrom }] = await Promise.all(probing);
    expect(await slow).toMatchObject({ status: 200 });
    expect((await app.exited).code).toBe(0);

    const red = statuses(ready).indexOf(503);
    expect(red).toBeGreaterThan(0);
    // Latched: one edge, and never green again.
    expect(new Set(statuses(ready).slice(0, red))).toEqual(new Set([200]));
    expect(new Set(statuses(ready).slice(red))).toEqual(new Set([503]));
    expect(ready[red]!.at - sentAt).toBeLessThan(LATE_MS);
    expect(new Set(statuses(live))).toEqual(new Set([200]));
    expect(failedFrom - sentAt).toBeGreaterThan(750);
  });

  it('the readiness answer has the state and the time left, and nothing about requests', async () => {
    const app = await start({
      adapter,
      options: { gracePeriodMs: 1000, drainTimeoutMs: 2000, closeTimeoutMs: 500 },
    });
    const up = await request(app.port, '/health/ready?token=secret');
    expect(JSON.parse(up.body)).toMatchObject({
      status: 'ok',
      info: { shutdown: { status: 'up' } },
    });
    app.signal('SIGTERM');
    await app.event('grace');
    const down = await request(app.port, '/health/ready?token=secret', {
      headers: { authorization: 'secret' },
    });
    expect(down.status).toBe(503);
    const { shutdown } = JSON.parse(down.body).error as {
      shutdown: { status: string; state: string; remainingMs: number };
    };
    expect(shutdown).toMatchObject({ status: 'down', state: 'grace' });
    expect(shutdown.remainingMs).toBeGreaterThan(2000);
    expect(shutdown.remainingMs).toBeLessThanOrEqual(3500);
    expect(down.body).not.toContain('secret');
    await app.exited;
    expect(app.log).not.toContain('secret');
  });
});
