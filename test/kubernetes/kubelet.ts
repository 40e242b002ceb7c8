import { setTimeout as sleep } from 'node:timers/promises';

import { attempt, isAnswer } from '../support/http-client.js';
import type { Pod, Probe } from './pod.js';

/** Longer than a real one has by default: a busy machine shall not fail a probe. */
const PROBE_TIMEOUT_MS = 5000;
/** Under load on a busy machine. */
const START_TIMEOUT_MS = 60_000;

/** Probes the pods of a machine, and ends them, in the order and with the times of a real one. */
export class Kubelet {
  async run(pod: Pod): Promise<void> {
    const { application } = pod;
    await application.until('start', () => application.ports.length > 0, START_TIMEOUT_MS);
    const hasEnded = new AbortController();
    void application.exited.then(() => hasEnded.abort());
    void probe(pod, pod.spec.readinessProbe, hasEnded.signal, (passed) => {
      pod.isReady = passed;
    });
    // Of a pod that was deleted nobody asks any more whether it lives.
    void probe(pod, pod.spec.livenessProbe, hasEnded.signal, (passed) => {
      if (passed || pod.isTerminating) return;
      pod.livenessFailures += 1;
      void this.#end(pod, pod.spec.terminationGracePeriodMs);
    });
  }

  /** Resolves when it is gone. The time for the hook comes out of the time to leave. */
  async remove(pod: Pod): Promise<void> {
    const { preStopMs, terminationGracePeriodMs } = pod.spec;
    pod.terminate();
    if (preStopMs > 0) await sleep(preStopMs);
    await this.#end(pod, terminationGracePeriodMs - preStopMs);
  }

  async #end(pod: Pod, leftMs: number): Promise<void> {
    const { application } = pod;
    application.signal('SIGTERM');
    const kill = setTimeout(() => {
      pod.wasKilled = true;
      application.kill();
    }, leftMs);
    await application.exited;
    clearTimeout(kill);
    // It is no endpoint any more, whatever its probe said last.
    pod.isReady = false;
  }
}

/** @param act - told the outcome when it counts: a first success, or so many failures in a row */
async function probe(
  { application: { port } }: Pod,
  { path, periodMs, failureThreshold }: Probe,
  ended: AbortSignal,
  act: (passed: boolean) => void,
): Promise<void> {
  let failures = 0;
  while (!ended.aborted) {
    const outcome = await attempt(port, path, {
      agent: false,
      signal: AbortSignal.timeout(PROBE_TIMEOUT_MS),
      headers: { 'user-agent': 'kube-probe/1.34', connection: 'close' },
    });
    const passed = isAnswer(outcome) && outcome.status >= 200 && outcome.status < 400;
    failures = passed ? 0 : failures + 1;
    if (!ended.aborted && (passed || failures >= failureThreshold)) act(passed);
    await sleep(periodMs, undefined, { signal: ended }).catch(() => {});
  }
}
