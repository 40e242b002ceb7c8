import type { Socket } from 'node:net';

/** For how long a connection counts as new, in ms; up to twice as long, to be exact. */
export const RECENT_MS = 1000;

/**
 * Which connections are new. When each was made would be kept by every connection, for the sake of
 * those that are about to send their first request when the shutdown begins.
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
