import type { Server } from 'node:net';

import type { Clock } from '../shutdown/clock.js';
import { emptyAcceptQueue } from './accept-queue.js';
import { closeListener } from './close-listener.js';
import { contained } from './contained.js';

/**
 * The servers that one kind of traffic comes in by, and what is listened to on them.
 *
 * @internal
 */
export class Listeners {
  readonly #disposers = new Map<Server, (() => void)[]>();
  #accepted = 0;
  #refuses = false;

  constructor(private readonly clock: Clock) {}

  add(server: Server): void {
    this.#disposers.set(server, []);
    this.on(server, 'connection', () => (this.#accepted += 1));
    if (this.#refuses) closeListener(server);
  }

  /** Hears of it before the framework's own listener, which may answer at once. */
  on(server: Server, event: string, listener: (...args: any[]) => void): void {
    const heard = contained(listener);
    server.prependListener(event, heard);
    this.addDisposer(server, () => server.off(event, heard));
  }

  addDisposer(server: Server, dispose: () => void): void {
    this.#disposers.get(server)?.push(dispose);
  }

  /** All servers that were added. */
  get servers(): readonly Server[] {
    return [...this.#disposers.keys()];
  }

  /**
   * Stops listening. What waits to be accepted is accepted before.
   *
   * @param leavesQueue - at once instead, and what waits is left to whoever listens next
   */
  async stop(leavesQueue: boolean): Promise<void> {
    const isListening = this.servers.some((server) => server.listening);
    if (isListening && !leavesQueue) await emptyAcceptQueue(() => this.#accepted, this.clock);
    this.refuseConnections();
  }

  refuseConnections(): void {
    this.#refuses = true;
    for (const server of this.servers) closeListener(server);
  }

  /** Removes every listener from a server, and forgets it. */
  remove(server: Server): void {
    for (const dispose of this.#disposers.get(server) ?? []) dispose();
    this.#disposers.delete(server);
  }

  dispose(): void {
    for (const server of this.servers) this.remove(server);
  }
}
