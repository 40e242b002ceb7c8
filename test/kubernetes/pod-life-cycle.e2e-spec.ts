import { afterEach, describe, expect, it } from 'vitest';

import type { FixtureConfig } from '../fixtures/config.js';
import { type LoadSummary, RestartLoad } from '../support/restart-load.js';
import { endAll } from '../support/running-application.js';
import { times } from '../support/runs.js';
import { Deployment } from './deployment.js';
import { Kubelet } from './kubelet.js';
import type { Pod, PodSpec } from './pod.js';
import { Service } from './service.js';

/** How long each node of the cluster takes to hear of a change. */
const LAGS_MS = [200, 600, 1600];
/** More than the longest of them, by what a busy machine adds. */
const COVERS_LAG_MS = 2800;
const BUDGET = { drainTimeoutMs: 8000, closeTimeoutMs: 2000 };
const ROUNDS = times(1, 5);
/** At least, of each rolling update. */
const REQUESTS = times(3000, 20_000);
const timeout = times(240_000, 3_600_000);

let service: Service | undefined;
let load: RestartLoad | undefined;

afterEach(async () => {
  await load?.stop();
  await endAll();
  service?.stop();
});

interface Times {
  readonly gracePeriodMs: number;
  readonly preStopMs?: number;
  /** Of the readiness probe. */
  readonly periodMs?: number;
}

/** With the `terminationGracePeriodSeconds` that `nestjs-drain kubernetes` says. */
function podSpec(
  { gracePeriodMs, preStopMs = 0, periodMs = 500 }: Times,
  config: FixtureConfig = {},
): PodSpec {
  const budgetMs = gracePeriodMs + BUDGET.drainTimeoutMs + BUDGET.closeTimeoutMs;
  return {
    config: { ...config, options: { gracePeriodMs, ...BUDGET } },
    terminationGracePeriodMs: preStopMs + budgetMs + 1000,
    preStopMs,
    readinessProbe: { path: '/health/ready', periodMs, failureThreshold: 1 },
    livenessProbe: { path: '/health/live', periodMs: 1000, failureThreshold: 3 },
  };
}

async function deploy(spec: PodSpec, replicas: number, lagsMs = LAGS_MS): Promise<Deployment> {
  service = await Service.start(lagsMs);
  const deployment = await Deployment.start(new Kubelet(), service, spec, replicas);
  load = new RestartLoad(service.port, { clients: 20, workMs: 5 });
  await load.more(300);
  return deployment;
}

/** @param requests - so many at least have their outcome then */
async function settled(requests = 0): Promise<LoadSummary> {
  await load!.more(Math.max(300, requests - load!.hits.length));
  return load!.stop();
}

/** The pods have left by themselves, in time, and nobody took them for dead. */
async function expectLeft(pods: readonly Pod[]): Promise<void> {
  expect(pods.length).toBeGreaterThan(0);
  for (const { application, wasKilled, livenessFailures } of pods) {
    const { code, signal } = await application.exited;
    const told = { code, signal, wasKilled, livenessFailures };
    expect(told).toEqual({ code: 0, signal: null, wasKilled: false, livenessFailures: 0 });
  }
}

function answeredBy(): Set<number | undefined> {
  return new Set(load!.hits.map(({ pid }) => pid));
}

describe('a rolling update under load loses nothing', { timeout }, () => {
  it.each<[string, number, Times, FixtureConfig]>([
    ['3 replicas', 3, { gracePeriodMs: COVERS_LAG_MS }, {}],
    [
      '2 replicas with a preStop hook, on Fastify',
      2,
      { preStopMs: COVERS_LAG_MS, gracePeriodMs: 2000 },
      { adapter: 'fastify' },
    ],
    ['a single replica', 1, { gracePeriodMs: COVERS_LAG_MS }, {}],
  ])('%s', async (_, replicas, lengths, config) => {
    const deployment = await deploy(podSpec(lengths, config), replicas);
    for (let round = 0; round < ROUNDS; round += 1) await deployment.rollOut();
    const { requests, failed } = await settled(REQUESTS);

    expect(failed).toEqual([]);
    expect(service!.unanswered).toBe(0);
    expect(requests).toBeGreaterThanOrEqual(REQUESTS);
    const old = deployment.pods.filter(({ isTerminating }) => isTerminating);
    expect(old).toHaveLength(replicas * ROUNDS);
    await expectLeft(old);
    expect(answeredBy()).toEqual(new Set(deployment.pods.map((pod) => pod.application.pid)));
  });
});

describe('a pod that is deleted', { timeout }, () => {
  it('loses nothing even if its readiness is never seen to change', async () => {
    const spec = podSpec({ gracePeriodMs: COVERS_LAG_MS, periodMs: 60_000 });
    const deployment = await deploy(spec, 2);
    const [pod] = deployment.staying as [Pod];
    let wasReady = false;
    pod.on('changed', () => (wasReady ||= pod.isReady && pod.isTerminating));
    await deployment.delete(pod);
    const { failed } = await settled();

    expect(failed).toEqual([]);
    expect(wasReady).toBe(true);
    await expectLeft([pod]);
  });

  it('loses only new connections if the lag is longer than its grace period', async () => {
    const deployment = await deploy(podSpec({ gracePeriodMs: 500 }), 2);
    const [pod] = deployment.staying as [Pod];
    await deployment.delete(pod);
    await load!.more(1000);
    const { failed } = await settled();

    expect(failed.length).toBeGreaterThan(0);
    expect(failed).toHaveLength(service!.unanswered);
    await expectLeft([pod]);
    const { log } = pod.application;
    expect(log).toMatch(
      /Advice: The last new connection came .* a grace period of 0\.5 s: raise gracePeriodMs to 1000\./,
    );
  });
});
