import { type ShutdownBudget, totalMs } from '../shutdown/shutdown-budget.js';

/** The platform's clock starts before the process sees the signal. */
const MARGIN_MS = 1000;
/** In less, nothing can be drained: it is better said than done. */
const LEAST_DRAIN_MS = 1000;
const CLOSE_SHARE = 0.2;
const GRACE_SHARE = 1 / 3;
const STEP_MS = 100;

/**
 * The times of a shutdown. Where the platform waits for less than they are, its time is shared out
 * among those that nobody has set.
 *
 * @param standard - the times by default
 * @param given - those that were set
 * @param seconds - how long the platform waits, where that is known
 * @internal
 */
export function fitBudget(
  standard: ShutdownBudget,
  given: Partial<ShutdownBudget>,
  seconds: number | undefined,
): ShutdownBudget {
  const budget = { ...standard, ...given };
  const availableMs = seconds === undefined ? Infinity : seconds * 1000 - MARGIN_MS;
  if (totalMs(budget) <= availableMs) return budget;
  const gracePeriodMs = given.gracePeriodMs ?? atMost(budget.gracePeriodMs, GRACE_SHARE);
  const closeTimeoutMs = given.closeTimeoutMs ?? atMost(budget.closeTimeoutMs, CLOSE_SHARE);
  const leftMs = Math.min(standard.drainTimeoutMs, availableMs - gracePeriodMs - closeTimeoutMs);
  const drainTimeoutMs = given.drainTimeoutMs ?? leftMs;
  const fitted = { gracePeriodMs, drainTimeoutMs, closeTimeoutMs };
  return leftMs < LEAST_DRAIN_MS || totalMs(fitted) > availableMs ? budget : fitted;

  function atMost(ms: number, share: number): number {
    return Math.min(ms, Math.floor((availableMs * share) / STEP_MS) * STEP_MS);
  }
}
