import { EventEmitter } from 'node:events';

import type { FixtureConfig } from '../fixtures/config.js';
import { RunningApplication } from '../support/running-application.js';

/** What a manifest says of a pod; in milliseconds, so that a test need not wait for seconds. */
export interface PodSpec {
  readonly config: FixtureConfig;
  readonly terminationGracePeriodMs: number;
  /** How long its preStop hook sleeps; 0: it has none. */
  readonly preStopMs: number;
  readonly readinessProbe: Probe;
  readonly livenessProbe: Probe;
}

export interface Probe {
  readonly path: string;
  readonly periodMs: number;
  readonly failureThreshold: number;
}

/** A container in a process of its own, and what the cluster knows of it. */
export class Pod extends EventEmitter<{ changed: [] }> {
  readonly application: RunningApplication;
  /** Whether it had to be killed when its time was up. */
  wasKilled = false;
  /** How often its liveness probe has failed. */
  livenessFailures = 0;
  #isReady = false;
  #isTerminating = false;

  constructor(readonly spec: PodSpec) {
    super();
    // What the kubelet sets in each container.
    const env = { KUBERNETES_SERVICE_HOST: '127.0.0.1' };
    this.application = new RunningApplication({ program: 'pod', ...spec.config }, env);
  }

  get port(): number {
    return this.application.port;
  }

  /** As its readiness probe sees it. */
  get isReady(): boolean {
    return this.#isReady;
  }

  set isReady(isReady: boolean) {
    if (this.#isReady === isReady) return;
    this.#isReady = isReady;
    this.emit('changed');
  }

  /** Whether it was deleted, and has not ended yet. */
  get isTerminating(): boolean {
    return this.#isTerminating;
  }

  terminate(): void {
    this.#isTerminating = true;
    this.emit('changed');
  }

  async ready(): Promise<void> {
    await this.application.until('readiness', () => this.#isReady);
  }
}
