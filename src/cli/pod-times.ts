import { defaultOptions } from '../options/resolve-options.js';
import { secondsNeeded, type ShutdownBudget, totalMs } from '../shutdown/shutdown-budget.js';

/** What is known of a pod; what is not has its default. @internal */
export interface PodOptions extends Partial<ShutdownBudget> {
  readonly preStopSeconds?: number;
  readonly probePeriodSeconds?: number;
  readonly failureThreshold?: number;
  /** The `port` of the option `probes`, where the application has one. */
  readonly probePort?: number;
  /** The port of a gRPC microservice, where the option `probes` has `grpc`. */
  readonly grpcPort?: number;
}

/** The times of a pod, which its manifest has to tell. @internal */
export interface PodTimes {
  readonly budget: ShutdownBudget;
  readonly preStopSeconds: number;
  readonly probePeriodSeconds: number;
  readonly failureThreshold: number;
  readonly probePort: number | undefined;
  readonly grpcPort: number | undefined;
  /** What the module needs from the signal on. */
  readonly secondsFromSignal: number;
  /** From the deletion to the SIGKILL: a preStop hook runs inside it, before the signal. */
  readonly terminationGracePeriodSeconds: number;
}

/** Quick to notice: within the grace period that the module has by default. */
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
