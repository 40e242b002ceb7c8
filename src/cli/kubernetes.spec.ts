import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';

import { resolveOptions } from '../options/resolve-options.js';
import { adviceOnBudget } from '../report/advice.js';
import { totalMs } from '../shutdown/shutdown-budget.js';
import { kubernetes } from './kubernetes.js';
import { type PodOptions, podTimes } from './pod-times.js';

function printed(options: PodOptions = {}): string {
  return kubernetes({ action: 'kubernetes', options });
}

/** What it says besides the lines of the manifest. */
function comments(options?: PodOptions): string[] {
  return printed(options)
    .split('\n')
    .filter((line) => line.startsWith('# '))
    .map((line) => line.slice(2));
}

it('nestjs-drain kubernetes uses the defaults of the module in a pod', () => {
  const { gracePeriodMs, drainTimeoutMs, closeTimeoutMs } = resolveOptions(
    {},
    { KUBERNETES_SERVICE_HOST: '10.0.0.1' },
  );
  expect(podTimes({}).budget).toEqual({ gracePeriodMs, drainTimeoutMs, closeTimeoutMs });
});

it('nestjs-drain kubernetes prints YAML with the arithmetic as a comment', () => {
  expect(printed()).toMatch(/^# grace 5\.0 s \+ drain 20\.0 s \+ close 4\.0 s = 29\.0 s; .*: 30\n/);
  expect(parse(printed())).toEqual({
    spec: {
      terminationGracePeriodSeconds: 30,
      containers: [
        {
          name: 'api',
          env: [{ name: 'TERMINATION_GRACE_PERIOD_SECONDS', value: '30' }],
          readinessProbe: {
            httpGet: { path: '/health/ready', port: 3000 },
            periodSeconds: 2,
            failureThreshold: 1,
          },
          livenessProbe: {
            httpGet: { path: '/health/live', port: 3000 },
            periodSeconds: 10,
            failureThreshold: 3,
          },
        },
      ],
    },
  });
});

it('a preStop hook adds to the time of the pod, not to that of the module', () => {
  const options = { preStopSeconds: 8, gracePeriodMs: 2000, drainTimeoutMs: 10_500 };
  expect(comments(options)).toEqual([
    'preStop 8.0 s + grace 2.0 s + drain 10.5 s + close 4.0 s = 24.5 s; ' +
      'rounded up, plus 1 s for the kubelet: 26',
  ]);
  const { spec } = parse(printed(options)) as { spec: Record<string, unknown> };
  expect(spec).toMatchObject({
    terminationGracePeriodSeconds: 26,
    containers: [
      {
        lifecycle: { preStop: { sleep: { seconds: 8 } } },
        env: [{ name: 'TERMINATION_GRACE_PERIOD_SECONDS', value: '18' }],
      },
    ],
  });
});

it('the manifest has the given probe period and threshold', () => {
  const text = printed({ probePeriodSeconds: 1, failureThreshold: 3 });
  expect(text).toContain('  periodSeconds: 1\n        failureThreshold: 3\n');
});

it('the manifest has the port of the probes, if the application has one', () => {
  const { spec } = parse(printed({ probePort: 9000 })) as { spec: Record<string, unknown> };
  expect(spec).toMatchObject({
    containers: [
      {
        startupProbe: { httpGet: { path: '/startup', port: 9000 } },
        readinessProbe: { httpGet: { path: '/ready', port: 9000 } },
        livenessProbe: { httpGet: { path: '/live', port: 9000 } },
      },
    ],
  });
});

it('the manifest has the gRPC services to probe', () => {
  const { spec } = parse(printed({ grpcPort: 5000 })) as { spec: Record<string, unknown> };
  expect(spec).toMatchObject({
    containers: [
      {
        startupProbe: { grpc: { port: 5000, service: 'startup' } },
        readinessProbe: { grpc: { port: 5000, service: 'ready' } },
        livenessProbe: { grpc: { port: 5000, service: 'live' } },
      },
    ],
  });
});

describe('the printed limit is the smallest that the module accepts without advice', () => {
  it.each<PodOptions>([
    {},
    { gracePeriodMs: 0, drainTimeoutMs: 0, closeTimeoutMs: 0 },
    { gracePeriodMs: 1, drainTimeoutMs: 9999, closeTimeoutMs: 1 },
    { gracePeriodMs: 15_000, preStopSeconds: 5 },
    { drainTimeoutMs: 86_400_000, preStopSeconds: 86_400 },
  ])('%j', (options) => {
    const { budget, secondsFromSignal, preStopSeconds, ...times } = podTimes(options);
    const adviceAt = (seconds: number) =>
      adviceOnBudget(totalMs(budget), {
        patience: { seconds, isConfigured: true, platform: undefined },
      });
    expect(adviceAt(secondsFromSignal)).toEqual([]);
    expect(adviceAt(secondsFromSignal - 1)).toEqual([
      expect.stringContaining(`raise it to ${secondsFromSignal}, or`),
    ]);
    expect(times.terminationGracePeriodSeconds).toBe(preStopSeconds + secondsFromSignal);
  });
});

describe('a comment names times that do not fit together', () => {
  it.each<[string, PodOptions, string]>([
    ['nothing to wait for the nodes', { gracePeriodMs: 0 }, 'Without a grace period or a preStop'],
    ['two waits for one lag', { preStopSeconds: 5 }, 'a shorter gracePeriodMs will do'],
    [
      'the default probe of Kubernetes',
      { probePeriodSeconds: 10, failureThreshold: 3 },
      'The readiness probe fails after up to 10 s x 3 = 30.0 s, after the grace period has ended',
    ],
  ])('%s', (_, options, note) => {
    expect(comments(options)).toEqual([expect.any(String), expect.stringContaining(note)]);
  });

  it.each<[string, PodOptions]>([
    ['the defaults', {}],
    ['a preStop hook and a short grace period', { preStopSeconds: 5, gracePeriodMs: 2000 }],
    ['a preStop hook alone', { preStopSeconds: 5, gracePeriodMs: 0 }],
  ])('but there is none for %s', (_, options) => {
    expect(comments(options)).toHaveLength(1);
  });
});
