import type { Socket } from 'node:net';

/** How long a connection counts as new, in ms; at most twice as long. */
export const RECENT_MS = 200;

/**
 * Remembers which connections are new. A time on every connection would cost memory for the sake of
 * the few that are about to send their first request when the shutdown begins.
 *
 * @internal
 */
export class RecentSockets {
  #latest = new WeakSet<Socket>();
  #before = new WeakSet<Socket>();
  #since = -Infinity;

  add(socket: Socket, now: number): void {
    if (now - this.#since >= RECENT_MS) {
      this.#before = now - this.#since >= 2 * RECENT_MS ? new WeakSet() : this.#latest;
      this.#latest = new WeakSet();
      this.#since = now;
    }
    this.#latest.add(socket);
  }

  has(socket: Socket, now: number): boolean {
    if (now - this.#since >= 2 * RECENT_MS) return false;
    return this.#latest.has(socket) || this.#before.has(socket);
  }
}
