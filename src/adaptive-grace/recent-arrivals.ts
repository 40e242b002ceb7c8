const BUCKETS = 60;
const BUCKET_MS = 1000;

/** @internal */
export const RECENT_MS = BUCKETS * BUCKET_MS;

/**
 * The number of connections in each second of the last minute.
 *
 * @internal
 */
export class RecentArrivals {
  readonly #counts = new Uint32Array(BUCKETS);
  /** The second that each entry counts. */
  readonly #seconds = new Float64Array(BUCKETS).fill(-Infinity);

  add(at: number): void {
    const second = Math.floor(at / BUCKET_MS);
    const bucket = second % BUCKETS;
    if (second < this.#seconds[bucket]!) return;
    if (second > this.#seconds[bucket]!) this.#counts[bucket] = 0;
    this.#seconds[bucket] = second;
    this.#counts[bucket]! += 1;
  }

  count(now: number): number {
    return this.#recent(now).reduce((sum, count) => sum + count, 0);
  }

  /** The longest pause in the last `windowMs`, in whole seconds, without the current one. */
  longestSilenceMs(now: number, windowMs: number): number {
    let longest = 0;
    let current = 0;
    for (const count of this.#recent(now).slice(-Math.ceil(windowMs / BUCKET_MS), -1)) {
      current = count === 0 ? current + 1 : 0;
      longest = Math.max(longest, current);
    }
    return longest * BUCKET_MS;
  }

  /** The oldest second first. */
  #recent(now: number): number[] {
    const last = Math.floor(now / BUCKET_MS);
    return Array.from({ length: BUCKETS }, (_, i) => {
      const second = last - BUCKETS + 1 + i;
      const bucket = ((second % BUCKETS) + BUCKETS) % BUCKETS;
      return this.#seconds[bucket] === second ? this.#counts[bucket]! : 0;
    });
  }
}
