import type { Outcome } from '../shutdown/outcome.js';
import type { ShutdownState } from '../shutdown/shutdown-state.js';

/**
 * A service under graceful restart, at one moment.
 *
 * @publicApi
 */
export interface RestartStatus {
  /** Of the primary; stays for the life of the service. */
  readonly pid: number;
  /** How long the primary has run, in ms. */
  readonly uptimeMs: number;
  /** How often new code was asked for: 1 after the start, one more with each reload. */
  readonly generation: number;
  /** Whether a reload is running. */
  readonly isReloading: boolean;
  /** How many workers there should be. */
  readonly wanted: number;
  /** All that run, those included that are starting or leaving. */
  readonly workers: readonly WorkerStatus[];
  /** How the last reload ended; undefined before the first one. */
  readonly lastReload?: ReloadResult;
}

/** One worker, at one moment. @publicApi */
export interface WorkerStatus {
  /** The id of the worker's process. */
  readonly pid: number;
  /** Its place among the workers, from 1. */
  readonly slot: number;
  /** The generation that it was started for. */
  readonly generation: number;
  /** How long it has run, in ms. */
  readonly ageMs: number;
  /** `soaking`: ready, and not yet given any connection. */
  readonly phase: 'starting' | 'soaking' | 'ready' | 'leaving';
  /** Of its application; undefined while it starts, or where it does not answer. */
  readonly state?: ShutdownState;
  /** Requests, messages and tracked work; undefined while it starts, or where it does not answer. */
  readonly inFlight?: number;
}

/** How a reload ended. @publicApi */
export interface ReloadResult {
  /** `completed` (all workers run the new code) or `failed`. */
  readonly outcome: Outcome;
  /** How many workers were replaced. */
  readonly replaced: number;
  /** The number of the reload, counted from 1. */
  readonly generation: number;
  /** Why not all of them were. */
  readonly reason?: string;
}
