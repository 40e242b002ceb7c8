import { defaultOptions } from '../options/resolve-options.js';
import { secondsNeeded, type ShutdownBudget, totalMs } from '../shutdown/shutdown-budget.js';

/** What is known about a pod; the rest has defaults. @internal */
export interface PodOptions extends Partial<ShutdownBudget> {
  readonly preStopSeconds?: number;
  readonly probePeriodSeconds?: number;
  readonly failureThreshold?: number;
  /** The `port` of the option `probes`, if set. */
  readonly probePort?: number;
  /** The port of a gRPC microservice, if the option `probes` has `grpc`. */
  readonly grpcPort?: number;
}

/** The times for the manifest of a pod. @internal */
export interface PodTimes {
  readonly budget: ShutdownBudget;
  readonly preStopSeconds: number;
  readonly probePeriodSeconds: number;
  readonly failureThreshold: number;
  readonly probePort: number | undefined;
  readonly grpcPort: number | undefined;
  /** The time that the module needs, counted from the signal. */
  readonly secondsFromSignal: number;
  /** From the deletion to SIGKILL, including a preStop hook, which runs before the signal. */
  readonly terminationGracePeriodSeconds: number;
}

/** Notices a red readiness within the default grace period. */
const READINESS = { probePeriodSeconds: 2, failureThreshold: 1 };

/** @internal */
export function podTimes(options: PodOptions): PodTimes {
  const inPod = defaultOptions({ KUBERNETES_SERVICE_HOST: 'as in a pod' });
  const { preStopSeconds, probePeriodSeconds, failureThreshold, probePort, grpcPort, ...budget } = {
    preStopSeconds: 0,
    ...READINESS,
    probePort: undefined,
    grpcPort: undefined,
    gracePeriodMs: inPod.gracePeriodMs,
    drainTimeoutMs: inPod.drainTimeoutMs,
    closeTimeoutMs: inPod.closeTimeoutMs,
    ...options,
  };
  const secondsFromSignal = secondsNeeded(totalMs(budget));
  return {
    budget,
    preStopSeconds,
    probePeriodSeconds,
    failureThreshold,
    probePort,
    grpcPort,
    secondsFromSignal,
    terminationGracePeriodSeconds: preStopSeconds + secondsFromSignal,
  };
}
