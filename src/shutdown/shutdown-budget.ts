/**
 * The times that a shutdown may take, in ms. Their sum is the promise; nothing adds to it.
 *
 * @internal
 */
export interface ShutdownBudget {
  readonly gracePeriodMs: number;
  readonly drainTimeoutMs: number;
  readonly closeTimeoutMs: number;
}

/**
 * The share of the grace period in which connections are told to go; the rest is for their next
 * request.
 */
const ANNOUNCE_SHARE = 0.6;
const LONGEST_ABORT_WINDOW_MS = 1000;
const ABORT_WINDOW_SHARE = 0.2;

/** @internal */
export function totalMs(budget: ShutdownBudget): number {
  return budget.gracePeriodMs + budget.drainTimeoutMs + budget.closeTimeoutMs;
}

/**
 * The least `terminationGracePeriodSeconds` for it: a second more than the budget, as the kubelet's
 * clock starts before the process sees the signal.
 *
 * @internal
 */
export function secondsNeeded(budgetMs: number): number {
  return Math.ceil(budgetMs / 1000) + 1;
}

/**
 * The part of the grace period over which the announcements are spread. It is no shorter if the
 * period may end early: peers that have not been told by then are told in the drain, and a short
 * window would bunch the departures of every shutdown for the sake of the few that end early.
 *
 * @internal
 */
export function announceWindowMs(budget: ShutdownBudget): number {
  return budget.gracePeriodMs * ANNOUNCE_SHARE;
}

/** How long work may react to the deadline signal before it is cut; part of the drain's time. @internal */
export function abortWindowMs(budget: ShutdownBudget): number {
  return Math.min(LONGEST_ABORT_WINDOW_MS, budget.drainTimeoutMs * ABORT_WINDOW_SHARE);
}
