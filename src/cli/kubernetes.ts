import { seconds } from '../shutdown/amounts.js';
import { totalMs } from '../shutdown/shutdown-budget.js';
import { type PodOptions, type PodTimes, podTimes } from './pod-times.js';

/** @internal */
export interface KubernetesInvocation {
  readonly action: 'kubernetes';
  readonly options: PodOptions;
}

/** With a preStop hook, it need be no longer. */
const SHORT_GRACE_MS = 2000;

/**
 * `nestjs-drain kubernetes`.
 *
 * @returns lines of a manifest, and how their numbers came about: YAML as a whole
 * @internal
 */
export function kubernetes({ options }: KubernetesInvocation): string {
  const times = podTimes(options);
  return [
    ...[arithmetic(times), ...notes(times)].map((line) => `# ${line}`),
    'spec:',
    `  terminationGracePeriodSeconds: ${times.terminationGracePeriodSeconds}`,
    '  containers:',
    '    - name: api',
    ...container(times).map((line) => `      ${line}`),
  ].join('\n');
}

function arithmetic({ budget, preStopSeconds, terminationGracePeriodSeconds }: PodTimes): string {
  const { gracePeriodMs, drainTimeoutMs, closeTimeoutMs } = budget;
  const preStop = preStopSeconds > 0 ? `preStop ${seconds(preStopSeconds * 1000)} + ` : '';
  return (
    `${preStop}grace ${seconds(gracePeriodMs)} + drain ${seconds(drainTimeoutMs)} + ` +
    `close ${seconds(closeTimeoutMs)} = ${seconds(preStopSeconds * 1000 + totalMs(budget))}; ` +
    `rounded up, plus 1 s for the kubelet: ${terminationGracePeriodSeconds}`
  );
}

function notes(times: PodTimes): string[] {
  const { budget, preStopSeconds, probePeriodSeconds, failureThreshold } = times;
  const { gracePeriodMs } = budget;
  const noticedMs = probePeriodSeconds * failureThreshold * 1000;
  const told: string[] = [];
  if (gracePeriodMs === 0 && preStopSeconds === 0) {
    told.push(
      'Without a grace period and a preStop hook, connections are refused until every node knows.',
    );
  }
  if (preStopSeconds > 0 && gracePeriodMs > SHORT_GRACE_MS) {
    told.push(
      'If the endpoints are gone by the end of preStop, a shorter gracePeriodMs will do: ' +
        `--grace-period ${SHORT_GRACE_MS}`,
    );
  }
  if (gracePeriodMs > 0 && noticedMs > gracePeriodMs) {
    told.push(
      `The readiness probe fails after up to ${probePeriodSeconds} s x ${failureThreshold} = ` +
        `${seconds(noticedMs)}, after the grace period has ended: a balancer that relies on the ` +
        'probe alone learns too late.',
    );
  }
  return told;
}

function container(times: PodTimes): string[] {
  const { preStopSeconds, secondsFromSignal } = times;
  const preStop =
    preStopSeconds === 0
      ? []
      : [
          'lifecycle:',
          `  preStop: { sleep: { seconds: ${preStopSeconds} } } # Kubernetes 1.30 and newer`,
        ];
  return [
    ...preStop,
    'env: # the time left for the module, which warns if its own times do not fit',
    `  - { name: TERMINATION_GRACE_PERIOD_SECONDS, value: '${secondsFromSignal}' }`,
    ...probes(times),
  ];
}

/** Without the option `probes`, the paths are those of the samples. */
function probes({ probePeriodSeconds, failureThreshold, probePort }: PodTimes): string[] {
  const port = probePort ?? 3000;
  const [ready, live] =
    probePort === undefined ? ['/health/ready', '/health/live'] : ['/ready', '/live'];
  const [withIndicator, without] =
    probePort === undefined
      ? [' # with GracefulShutdownHealthIndicator', ' # without it: green to the end']
      : ['', ''];
  const startup =
    probePort === undefined
      ? []
      : [
          'startupProbe: # five minutes to start',
          `  httpGet: { path: /startup, port: ${port} }`,
          '  periodSeconds: 2',
          '  failureThreshold: 150',
        ];
  return [
    ...startup,
    `readinessProbe:${withIndicator}`,
    `  httpGet: { path: ${ready}, port: ${port} }`,
    `  periodSeconds: ${probePeriodSeconds}`,
    `  failureThreshold: ${failureThreshold}`,
    `livenessProbe:${without}`,
    `  httpGet: { path: ${live}, port: ${port} }`,
    '  periodSeconds: 10',
    '  failureThreshold: 3',
  ];
}
