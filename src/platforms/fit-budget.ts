import { type ShutdownBudget, totalMs } from '../shutdown/shutdown-budget.js';

/** The platform's clock starts before the process sees the signal. */
const MARGIN_MS = 1000;
/**
 * The least time that is shared out: with less, nothing can be drained, and a warning is better.
 */
const LEAST_DRAIN_MS = 1000;
const CLOSE_SHARE = 0.2;
const GRACE_SHARE = 1 / 3;
const STEP_MS = 100;

/**
 * Fits the times of a shutdown into the platform's patience, by shortening those that have not been
 * set.
 *
 * @param standard - the default times
 * @param given - the times that were set
 * @param seconds - how long the platform waits, if known
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
