import { seconds } from '../shutdown/amounts.js';
import { totalMs } from '../shutdown/shutdown-budget.js';
import { type PodOptions, type PodTimes, podTimes } from './pod-times.js';

/** @internal */
export interface KubernetesInvocation {
  readonly action: 'kubernetes';
  readonly options: PodOptions;
}

/** A grace period that is long enough after a preStop hook. */
const SHORT_GRACE_MS = 2000;

/**
 * `nestjs-drain kubernetes`.
 *
 * @returns YAML: lines of a manifest, with comments that explain the numbers
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
      'Without a grace period or a preStop hook, connections are refused until every node has removed the pod.',
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
        'probe alone notices too late.',
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
    'env: # the time the module has; it warns if its budget does not fit',
    `  - { name: TERMINATION_GRACE_PERIOD_SECONDS, value: '${secondsFromSignal}' }`,
    ...probes(times),
  ];
}

/** The handlers of the probes. */
interface Handlers {
  readonly startup?: string;
  readonly ready: string;
  readonly live: string;
  /** Comments on what the routes of the application need. */
  readonly notes?: readonly [ready: string, live: string];
}

/** Without the option `probes`, the paths are those of the samples. */
function handlers({ grpcPort, probePort }: PodTimes): Handlers {
  if (grpcPort !== undefined) {
    const grpc = (service: string) => `grpc: { port: ${grpcPort}, service: ${service} }`;
    return { startup: grpc('startup'), ready: grpc('ready'), live: grpc('live') };
  }
  if (probePort !== undefined) {
    return {
      startup: httpGet('/startup', probePort),
      ready: httpGet('/ready', probePort),
      live: httpGet('/live', probePort),
    };
  }
  return {
    ready: httpGet('/health/ready', 3000),
    live: httpGet('/health/live', 3000),
    notes: [' # with GracefulShutdownHealthIndicator', ' # without it: green to the end'],
  };
}

function httpGet(path: string, port: number): string {
  return `httpGet: { path: ${path}, port: ${port} }`;
}

function probes(times: PodTimes): string[] {
  const { probePeriodSeconds, failureThreshold } = times;
  const { startup, ready, live, notes: [ofReady, ofLive] = ['', ''] } = handlers(times);
  const first =
    startup === undefined
      ? []
      : [
          'startupProbe: # five minutes to start',
          `  ${startup}`,
          '  periodSeconds: 2',
          '  failureThreshold: 150',
        ];
  return [
    ...first,
    `readinessProbe:${ofReady}`,
    `  ${ready}`,
    `  periodSeconds: ${probePeriodSeconds}`,
    `  failureThreshold: ${failureThreshold}`,
    `livenessProbe:${ofLive}`,
    `  ${live}`,
    '  periodSeconds: 10',
    '  failureThreshold: 3',
  ];
}
