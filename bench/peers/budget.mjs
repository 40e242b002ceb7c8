/** What every solution may take, as far as its own options can say it. */
export const budget = {
  /** Readiness is red, everything is still served: for the balancer. */
  gracePeriodMs: 1000,
  /** For what is in flight. */
  drainTimeoutMs: 4000,
  /** For Nest's own teardown. */
  closeTimeoutMs: 2000,
};

export const totalMs = budget.gracePeriodMs + budget.drainTimeoutMs + budget.closeTimeoutMs;

/** Then the process is killed, as a platform does that has less patience than Kubernetes (30 s). */
export const KILL_AFTER_MS = 10_000;

/** What the work takes that is in flight at the signal: longer than the grace period. */
export const WORK_MS = 1500;
