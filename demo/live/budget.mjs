/** Short enough to watch, long enough to see. */
export const budget = {
  gracePeriodMs: Number(process.env.GRACE_PERIOD_MS ?? 5000),
  drainTimeoutMs: Number(process.env.DRAIN_TIMEOUT_MS ?? 12_000),
  closeTimeoutMs: Number(process.env.CLOSE_TIMEOUT_MS ?? 3000),
};
