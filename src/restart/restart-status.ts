import type { Outcome } from '../shutdown/outcome.js';
import type { ShutdownState } from '../shutdown/shutdown-state.js';

/** The state of a service under graceful restart, at one moment. @publicApi */
export interface RestartStatus {
  /** The process id of the primary, which stays the same for the life of the service. */
  readonly pid: number;
  /** The time that the primary has run, in ms. */
  readonly uptimeMs: number;
  /** The generation: 1 after the start, one more with each reload. */
  readonly generation: number;
  /** Whether a reload is running. */
  readonly isReloading: boolean;
  /** The number of workers that there should be. */
  readonly wanted: number;
  /** The workers that run, including those that are starting or leaving. */
  readonly workers: readonly WorkerStatus[];
  /** The result of the last reload; undefined before the first one. */
  readonly lastReload?: ReloadResult;
}

/** The state of one worker, at one moment. @publicApi */
export interface WorkerStatus {
  /** The process id of the worker. */
  readonly pid: number;
  /** The place of the worker among the others, from 1. */
  readonly slot: number;
  /** The generation that the worker was started for. */
  readonly generation: number;
  /** The time that the worker has run, in ms. */
  readonly ageMs: number;
  /**
   * The phase of the worker: `starting`, `soaking` (ready, but without connections), `ready` or
   * `leaving`.
   */
  readonly phase: 'starting' | 'soaking' | 'ready' | 'leaving';
  /** The state of its application; undefined while it starts, or if it does not answer. */
  readonly state?: ShutdownState;
  /** The number of tasks in flight; undefined while it starts, or if it does not answer. */
  readonly inFlight?: number;
}

/** The result of a reload. @publicApi */
export interface ReloadResult {
  /** `completed` (all workers run the new code) or `failed`. */
  readonly outcome: Outcome;
  /** The number of workers that were replaced. */
  readonly replaced: number;
  /** The number of the reload, counted from 1. */
  readonly generation: number;
  /** The reason why the reload failed. */
  readonly reason?: string;
}
