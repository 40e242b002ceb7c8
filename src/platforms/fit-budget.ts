import { type ShutdownBudget, totalMs } from '../shutdown/shutdown-budget.js';

/** The platform's clock starts before the process sees the signal. */
const MARGIN_MS = 1000;
/** In less, nothing can be drained: it is better said than done. */
const LEAST_MS = 2000;
const CLOSE_SHARE = 0.2;
const GRACE_SHARE = 1 / 3;
const STEP_MS = 100;

/**
 * The default times, where the platform waits for less than they are: its time is shared out.
 *
 * @internal
 */
export function fitBudget(budget: ShutdownBudget, seconds: number | undefined): ShutdownBudget {
  const availableMs = seconds === undefined ? Infinity : seconds * 1000 - MARGIN_MS;
  if (totalMs(budget) <= availableMs || availableMs < LEAST_MS) return budget;
  const gracePeriodMs = Math.min(budget.gracePeriodMs, steps(availableMs * GRACE_SHARE));
  const closeTimeoutMs = Math.min(budget.closeTimeoutMs, steps(availableMs * CLOSE_SHARE));
  const drainTimeoutMs = availableMs - gracePeriodMs - closeTimeoutMs;
  return { gracePeriodMs, drainTimeoutMs, closeTimeoutMs };
}

function steps(ms: number): number {
  return Math.floor(ms / STEP_MS) * STEP_MS;
}
