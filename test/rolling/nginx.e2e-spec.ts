import { afterEach, describe, expect, it } from 'vitest';

import { Nginx, type Upstream } from '../support/nginx.js';
import { RestartLoad } from '../support/restart-load.js';
import { endAll } from '../support/running-application.js';
import { times } from '../support/runs.js';
import { findProgram } from '../support/server-process.js';
import { expectClean, type Instance, startInstances } from './instance.js';

const INSTANCES = 3;
const REQUESTS = 5_000;
const REQUESTS_WITHOUT_LOSS = 20_000;
const timeout = 240_000;
const repeats = times(0, 9);
/** nginx asks nobody whether they are ready, so there is nothing to wait for. */
const GRACE_PERIOD_MS = 0;

/**
 * nginx repeats nothing: each request that an instance loses is one that a client sees.
 *
 * By default (`error timeout`) a request goes to the next instance if no connection could be made,
 * and that is safe: nothing had been sent. A POST that had been sent is not repeated, as
 * `non_idempotent` is not listed. A GET is: for it the default hides a connection that was lost.
 */
const NOTHING_REPEATED = ['proxy_next_upstream off;'];
const THE_DEFAULT = ['proxy_next_upstream error timeout;'];

let nginx: Nginx | undefined;

async function balance(instances: readonly Instance[], settings: string[]) {
  const upstream: Upstream = { ports: instances.map(({ port }) => port), settings };
  nginx = await Nginx.start(upstream);
  return { nginx, upstream };
}

describe.skipIf(findProgram('nginx') === undefined)('a rolling restart behind nginx', () => {
  afterEach(async () => {
    await nginx?.stop();
    nginx = undefined;
    await endAll();
  });

  // An idle connection is not ended under a request: the first connection that is refused takes the
  // instance out for `fail_timeout`, which is longer than `idleLingerMs`.
  it('sends POSTs to another instance after a bare SIGTERM', { timeout, repeats }, async () => {
    const instances = await startInstances(INSTANCES, {
      adapter: 'express',
      gracePeriodMs: GRACE_PERIOD_MS,
    });
    const proxy = (await balance(instances, THE_DEFAULT)).nginx;
    const load = new RestartLoad(proxy.port);
    for (const instance of instances) {
      await instance.takesPartIn(load);
      expectClean(await instance.leave(), GRACE_PERIOD_MS);
      await instance.comeBack();
      await instance.takesPartIn(load);
    }
    await load.more(REQUESTS - load.hits.length);
    const { requests, failed } = await load.stop();

    expect(requests).toBeGreaterThanOrEqual(REQUESTS);
    // Not by luck: there were connections that the instances refused, and nothing else went wrong.
    expect(proxy.passedOn).toBeGreaterThan(0);
    const others = proxy.problems.filter((line) => !/ refused|temporarily disabled/.test(line));
    const resets = others.filter((line) => line.includes('reset by peer'));
    expect(others).toEqual(resets);
    // What connects in the very moment in which the listener closes is reset by the kernel. That is
    // rare; nobody who waits for refusals can rule it out.
    expect(resets.length).toBeLessThanOrEqual(INSTANCES);
    expect(failed.map(({ error }) => error)).toEqual(resets.map(() => 'status 502'));
  });

  // Fresh connections only: a worker that leaves ends those of its clients that are idle, and before
  // nginx 1.27.4 (`keepalive_min_timeout`) a request that is on its way then is lost.
  it(
    'refuses nothing if the instance is taken out before SIGTERM',
    { timeout, repeats },
    async () => {
      const instances = await startInstances(INSTANCES, {
        adapter: 'fastify',
        gracePeriodMs: GRACE_PERIOD_MS,
      });
      const { nginx: proxy, upstream } = await balance(instances, NOTHING_REPEATED);
      const load = new RestartLoad(proxy.port, { habits: ['fresh'] });
      for (const instance of instances) {
        await proxy.reload({ ...upstream, down: [instance.port] });
        expectClean(await instance.leave(), GRACE_PERIOD_MS);
        await instance.comeBack();
        await proxy.reload(upstream);
        await instance.takesPartIn(load);
      }
      await load.more(REQUESTS_WITHOUT_LOSS - load.hits.length);
      const { requests, failed } = await load.stop();

      expect(failed).toEqual([]);
      expect(requests).toBeGreaterThanOrEqual(REQUESTS_WITHOUT_LOSS);
      expect(proxy.problems).toEqual([]);
    },
  );

  it('refuses connections without either', { timeout }, async () => {
    const instances = await startInstances(INSTANCES, {
      adapter: 'express',
      gracePeriodMs: GRACE_PERIOD_MS,
    });
    const proxy = (await balance(instances, NOTHING_REPEATED)).nginx;
    const load = new RestartLoad(proxy.port);
    await instances[0]!.takesPartIn(load);
    expectClean(await instances[0]!.leave(), GRACE_PERIOD_MS);
    await load.more(100);
    const { failed } = await load.stop();

    expect(failed.map(({ error }) => error)).toContain('status 502');
    expect(proxy.problems.join('\n')).toContain('Connection refused');
  });
});
