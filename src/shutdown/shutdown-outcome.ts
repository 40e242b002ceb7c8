import type { DrainTask } from './drain-participant.js';
import type { ShutdownTrigger } from './shutdown-trigger.js';

/**
 * How a shutdown went.
 *
 * @internal
 */
export interface ShutdownOutcome {
  readonly trigger: ShutdownTrigger;
  /** Time was up, or a second signal came: work may have been cut. */
  readonly forced: boolean;
  /** What was cut. */
  readonly cut: readonly DrainTask[];
  /** The participants and hooks that threw or did not end. */
  readonly failures: readonly ShutdownFailure[];
  /** How long each part took, in ms. */
  readonly took: { readonly grace: number; readonly drain: number; readonly close: number };
}

/** @internal */
export interface ShutdownFailure {
  /** The place of the failure: `participant kafka`, `OrdersModule.onModuleDestroy`. */
  readonly where: string;
  readonly error: unknown;
}

/** @internal */
export function isClean(outcome: ShutdownOutcome): boolean {
  return !outcome.forced && outcome.failures.length === 0 && outcome.trigger.kind !== 'crash';
}
