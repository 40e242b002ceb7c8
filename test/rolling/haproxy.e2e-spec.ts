import { afterEach, describe, expect, it } from 'vitest';

import { HAProxy } from '../support/haproxy.js';
import { RestartLoad } from '../support/restart-load.js';
import { endAll } from '../support/running-application.js';
import { times } from '../support/runs.js';
import { findProgram } from '../support/server-process.js';
import { expectClean, type Instance, type Leave, startInstances } from './instance.js';

const INSTANCES = 3;
const REQUESTS = 10_000;
const INTERVAL_MS = 100;
const FALL = 3;
/** Many times `INTERVAL_MS * FALL`, for machines that are busy. */
const GRACE_PERIOD_MS = 1500;
const timeout = 240_000;

/**
 * HAProxy repeats nothing here: each request that an instance loses is one that a client sees.
 * Without these lines it tries to connect three times, and then elsewhere.
 */
const NO_RETRIES = ['retries 0', 'no option redispatch'];

/** What makes HAProxy send new requests elsewhere as soon as readiness is red. */
const HEALTH_CHECKS = [
  'option httpchk GET /ready',
  'http-check expect status 200',
  // By default a check that takes longer than `inter` counts as failed.
  'timeout check 2s',
  `default-server inter ${INTERVAL_MS}ms fall ${FALL} rise 2`,
];

let haproxy: HAProxy | undefined;

async function balance(instances: readonly Instance[], settings: string[]): Promise<HAProxy> {
  const ports = instances.map(({ port }) => port);
  haproxy = await HAProxy.start({ ports, settings: [...NO_RETRIES, ...settings] });
  await Promise.all(ports.map((port) => haproxy!.until(port, 'UP')));
  return haproxy;
}

/** Replaces one instance after the other. */
async function roll(balancer: HAProxy, instances: Instance[], load: RestartLoad): Promise<Leave[]> {
  const leaves: Leave[] = [];
  for (const instance of instances) {
    const left = instance.leave();
    // Before it leaves: its listener stays open until HAProxy sends it nothing new.
    await Promise.all([balancer.until(instance.port, 'DOWN'), left]);
    leaves.push(await left);
    await instance.comeBack();
    await balancer.until(instance.port, 'UP');
    await instance.takesPartIn(load);
  }
  return leaves;
}

describe.skipIf(findProgram('haproxy') === undefined)('a rolling restart behind HAProxy', () => {
  afterEach(async () => {
    await haproxy?.stop();
    haproxy = undefined;
    await endAll();
  });

  it.each([
    // The first request of a client takes a fresh connection to the instance, the others any.
    ['express', 'safe'],
    // Every request takes any connection that is idle.
    ['fastify', 'always'],
  ] as const)(
    'fails no request on %s with http-reuse %s',
    { timeout, repeats: times(0, 9) },
    async (adapter, reuse) => {
      const instances = await startInstances(INSTANCES, {
        adapter,
        gracePeriodMs: GRACE_PERIOD_MS,
      });
      const balancer = await balance(instances, [...HEALTH_CHECKS, `http-reuse ${reuse}`]);
      const load = new RestartLoad(balancer.port);
      const leaves = await roll(balancer, instances, load);
      await load.more(REQUESTS - load.hits.length);
      const { requests, failed } = await load.stop();

      expect(failed).toEqual([]);
      expect(requests).toBeGreaterThanOrEqual(REQUESTS);
      // As HAProxy sees it: nothing was repeated, nothing went wrong that a client did not see.
      const counts = await balancer.counts();
      expect(counts).toMatchObject({ econ: '0', eresp: '0', wretr: '0', wredis: '0' });
      expect(counts).toMatchObject({ hrsp_4xx: '0', hrsp_5xx: '0', cli_abrt: '0', srv_abrt: '0' });
      // Connections are kept on its other side, too.
      expect(Number(counts['reuse'])).toBeGreaterThan(requests / 4);
      for (const leave of leaves) expectClean(leave, GRACE_PERIOD_MS);
    },
  );

  it('fails requests if the grace period is shorter than HAProxy needs', { timeout }, async () => {
    const instances = await startInstances(INSTANCES, { adapter: 'express', gracePeriodMs: 0 });
    const slowly = 'default-server inter 1s fall 3';
    const balancer = await balance(instances, [...HEALTH_CHECKS, slowly]);
    const load = new RestartLoad(balancer.port);
    await load.more(100);
    const leave = await instances[0]!.leave();
    await load.more(100);
    const { failed } = await load.stop();

    expectClean(leave, 0);
    // They are refused; what had reached the instance was answered.
    expect(failed.map(({ error }) => error)).toContain('status 503');
  });
});
