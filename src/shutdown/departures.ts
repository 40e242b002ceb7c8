import { AnnounceWindow } from './announce-window.js';
import type { Clock } from './clock.js';

/**
 * Peers that are told to go, each at a moment of its own.
 *
 * @internal
 */
export class Departures<Peer> {
  readonly #pending = new Set<() => void>();
  readonly #window: AnnounceWindow;

  /**
   * @param random - uniform in [0, 1)
   * @param leave - tells one to go
   */
  constructor(
    private readonly clock: Clock,
    random: () => number,
    private readonly leave: (peer: Peer) => void,
  ) {
    this.#window = new AnnounceWindow(clock, random);
  }

  /** Spreads those that are there over the next `windowMs`. */
  announce(peers: readonly Peer[], windowMs: number): void {
    this.#window.open(windowMs);
    const moments = this.#window.moments(peers.length);
    peers.forEach((peer, i) => this.#leaveAt(moments[i]!, peer));
  }

  /** One more has come: it goes within the rest of the window. */
  add(peer: Peer): void {
    this.#leaveAt(this.#window.moment(), peer);
  }

  /** Those who have not been told yet will not be. */
  cancel(): void {
    for (const cancel of this.#pending) cancel();
    this.#pending.clear();
  }

  #leaveAt(moment: number, peer: Peer): void {
    const cancel = this.clock.after(moment - this.clock.now(), () => {
      this.#pending.delete(cancel);
      this.leave(peer);
    });
    this.#pending.add(cancel);
  }
}
