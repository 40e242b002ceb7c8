import { Server } from 'node:net';

import type { Clock } from '../shutdown/clock.js';
import { emptyAcceptQueue } from './accept-queue.js';
import { contained } from './contained.js';

/**
 * The servers that one kind of traffic comes in by, and what is listened to on them.
 *
 * @internal
 */
export class Listeners {
  readonly #servers = new Set<Server>();
  readonly #disposers: (() => void)[] = [];
  #accepted = 0;

  constructor(private readonly clock: Clock) {}

  add(server: Server): void {
    this.#servers.add(server);
    this.on(server, 'connection', () => (this.#accepted += 1));
  }

  /** Hears of it before the framework's own listener, which may answer at once. */
  on(server: Server, event: string, listener: (...args: any[]) => void): void {
    const heard = contained(listener);
    server.prependListener(event, heard);
    this.addDisposer(() => server.off(event, heard));
  }

  addDisposer(dispose: () => void): void {
    this.#disposers.push(dispose);
  }

  /** All servers that were added. */
  get servers(): readonly Server[] {
    return [...this.#servers];
  }

  /**
   * Stops listening. What waits to be accepted is accepted before, unless others listen on the same
   * sockets: then it is theirs.
   */
  async stop(isShared: boolean): Promise<void> {
    const isListening = this.servers.some((server) => server.listening);
    if (isListening && !isShared) await emptyAcceptQueue(() => this.#accepted, this.clock);
    this.refuseConnections();
  }

  /**
   * Closes the listeners and nothing else. `http.Server.close()` would also destroy a connection
   * whose response is not flushed yet, because it counts it as idle once `end()` was called, and
   * stop the checks of `headersTimeout` (measured on Node 20, 22 and 24). That of HTTP/2 closes
   * sessions, on Node 24, that still have requests to come.
   */
  refuseConnections(): void {
    for (const server of this.#servers) {
      if (server.listening) Server.prototype.close.call(server);
    }
  }

  /** Removes every listener from the servers, and forgets them. */
  dispose(): void {
    for (const dispose of this.#disposers.splice(0)) dispose();
    this.#servers.clear();
  }
}
