import type { Clock } from './clock.js';
import { drainSpread } from './drain-spread.js';

/**
 * Peers that are told to go, each at a moment of its own.
 *
 * @internal
 */
export class Departures<Peer> {
  readonly #pending = new Set<() => void>();
  #end = 0;

  /**
   * @param random - uniform in [0, 1)
   * @param leave - tells one to go
   */
  constructor(
    private readonly clock: Clock,
    private readonly random: () => number,
    private readonly leave: (peer: Peer) => void,
  ) {}

  /** Spreads those that are there over the next `windowMs`. */
  announce(peers: readonly Peer[], windowMs: number): void {
    this.#end = this.clock.now() + windowMs;
    const offsets = drainSpread(peers.length, windowMs, this.random);
    peers.forEach((peer, i) => this.#leaveAfter(offsets[i]!, peer));
  }

  /** One more has come: it goes within the rest of the window. */
  add(peer: Peer): void {
    this.#leaveAfter(this.random() * Math.max(0, this.#end - this.clock.now()), peer);
  }

  /** Those who have not been told yet will not be. */
  cancel(): void {
    for (const cancel of this.#pending) cancel();
    this.#pending.clear();
  }

  #leaveAfter(ms: number, peer: Peer): void {
    const cancel = this.clock.after(ms, () => {
      this.#pending.delete(cancel);
      this.leave(peer);
    });
    this.#pending.add(cancel);
  }
}
