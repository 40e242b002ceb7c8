import { setTimeout as sleep } from 'node:timers/promises';

import type { Kubelet } from './kubelet.js';
import { Pod, type PodSpec } from './pod.js';
import type { Service } from './service.js';

/** Keeps so many pods, and replaces them one by one: maxSurge 1, maxUnavailable 0. */
export class Deployment {
  /** All there ever were. */
  readonly pods: Pod[] = [];
  readonly #removals: Promise<void>[] = [];

  private constructor(
    private readonly kubelet: Kubelet,
    private readonly service: Service,
    private readonly spec: PodSpec,
  ) {}

  /** Resolves when every node of the service knows all pods. */
  static async start(
    kubelet: Kubelet,
    service: Service,
    spec: PodSpec,
    replicas: number,
  ): Promise<Deployment> {
    const deployment = new Deployment(kubelet, service, spec);
    await Promise.all(Array.from({ length: replicas }, () => deployment.#surge()));
    await sleep(service.longestLagMs);
    return deployment;
  }

  get staying(): Pod[] {
    return this.pods.filter(({ isTerminating }) => !isTerminating);
  }

  /** Resolves when the pods are replaced, and the old ones have ended. */
  async rollOut(): Promise<void> {
    for (const old of this.staying) {
      await this.#surge();
      // As in a cluster, nobody waits for its end before the next one starts.
      this.#removals.push(this.kubelet.remove(old));
    }
    await Promise.all(this.#removals);
  }

  /** `kubectl delete pod`; resolves when it has ended, and another one is in its place. */
  async delete(pod: Pod): Promise<void> {
    await Promise.all([this.kubelet.remove(pod), this.#surge()]);
  }

  async #surge(): Promise<void> {
    const pod = new Pod(this.spec);
    this.pods.push(pod);
    this.service.add(pod);
    await this.kubelet.run(pod);
    await pod.ready();
  }
}
