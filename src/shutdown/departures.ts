import { AnnounceWindow } from './announce-window.js';
import type { Clock } from './clock.js';

/**
 * Tells peers to go, each at its own moment.
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

  /** Spreads the present peers over the next `windowMs`. */
  announce(peers: readonly Peer[], windowMs: number): void {
    this.#window.open(windowMs);
    const moments = this.#window.moments(peers.length);
    peers.forEach((peer, i) => this.#leaveAt(moments[i]!, peer));
  }

  /** Adds a new peer, which goes within the rest of the window. */
  add(peer: Peer): void {
    this.#leaveAt(this.#window.moment(), peer);
  }

  /** Cancels the moments that have not come yet. */
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
