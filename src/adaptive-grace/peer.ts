import { RECENT_MS, RecentArrivals } from './recent-arrivals.js';
import type { Seen } from './sightings.js';
import { silenceNeededMs } from './silence.js';

/** A peer that was once silent for that long is silent by nature. */
const SILENCE_MARGIN = 2;

/**
 * The address of a peer: a node of the balancer, or a client.
 *
 * @internal
 */
export class Peer implements Seen {
  readonly #before = new RecentArrivals();
  #lastSeenAt = -Infinity;
  #open = 0;
  #lastArrivalAt = -Infinity;
  #arrivalsSince = 0;

  /** A peer with open connections can send without opening a new one. */
  get seenAt(): number {
    return this.#open > 0 ? Infinity : this.#lastSeenAt;
  }

  /** @param isLeaving - whether the shutdown has begun */
  arrived(at: number, isLeaving: boolean): void {
    this.#lastSeenAt = Math.max(this.#lastSeenAt, at);
    this.#lastArrivalAt = Math.max(this.#lastArrivalAt, at);
    if (isLeaving) this.#arrivalsSince += 1;
    else this.#before.add(at);
  }

  opened(): void {
    this.#open += 1;
  }

  closed(at: number): void {
    this.#open -= 1;
    this.#lastSeenAt = at;
  }

  /**
   * When the peer counts as gone; Infinity if never.
   *
   * @param begin - when the shutdown began: silence counts from there
   * @param observedMs - how long connections were counted before
   * @param brokenAt - when silence was last broken by something other than its own connection
   */
  silentAt(begin: number, observedMs: number, brokenAt: number, eps: number): number {
    const windowMs = Math.min(RECENT_MS, observedMs);
    const neededMs = Math.max(
      silenceNeededMs(this.#before.count(begin), windowMs, this.#arrivalsSince, eps),
      this.#before.longestSilenceMs(begin, windowMs) * SILENCE_MARGIN,
    );
    return Math.max(begin, brokenAt, this.#lastArrivalAt) + neededMs;
  }
}
