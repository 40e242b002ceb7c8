import type { Server } from 'node:net';

import type { Clock } from '../shutdown/clock.js';
import type { ShutdownSequence } from '../shutdown/shutdown-sequence.js';
import { acceptQueueOf, emptyAcceptQueue } from './accept-queue.js';
import { closeListener } from './close-listener.js';
import { contained } from './contained.js';
import { waitingConnections } from './waiting-connections.js';

interface Listener {
  readonly disposers: (() => void)[];
  /** How many connections it has accepted. */
  accepted: number;
}

/**
 * The servers of one kind of traffic, and the listeners on them.
 *
 * @internal
 */
export class Listeners {
  readonly #listeners = new Map<Server, Listener>();
  #refuses = false;
  /**
   * Whether closing loses nothing: nothing waits to be accepted, or another process will accept it.
   */
  #losesNothing = false;
  #dropped = 0;

  constructor(private readonly clock: Clock) {}

  add(server: Server): void {
    const listener: Listener = { disposers: [], accepted: 0 };
    this.#listeners.set(server, listener);
    this.on(server, 'connection', () => (listener.accepted += 1));
    if (this.#refuses) closeListener(server);
  }

  /**
   * Listens ahead of the framework's own listener, which may answer at once.
   *
   * @returns a function that stops it
   */
  on(server: Server, event: string, listener: (...args: any[]) => void): () => void {
    const heard = contained(listener);
    server.prependListener(event, heard);
    const stop = () => void server.off(event, heard);
    this.addDisposer(server, stop);
    return stop;
  }

  addDisposer(server: Server, dispose: () => void): void {
    this.#listeners.get(server)?.disposers.push(dispose);
  }

  /** All servers that were added. */
  get servers(): readonly Server[] {
    return [...this.#listeners.keys()];
  }

  /** How many connections wait to be accepted, if the system says so. */
  get waiting(): number {
    return this.servers.reduce((sum, server) => sum + (waitingConnections(server) ?? 0), 0);
  }

  /** How many waited when their listener closed, and were reset, if the system says so. */
  get dropped(): number {
    return this.#dropped;
  }

  /** Accepts the connections in the queue, then stops listening. */
  async stop(
    sequence: Pick<ShutdownSequence, 'isAwaited' | 'endsProcess' | 'drainRemainingMs'>,
  ): Promise<void> {
    // In a graceful restart, another process listens on the same sockets. Without a signal, the
    // application may listen again at once (hot reload), so no turn may pass before.
    const leavesQueue = !(sequence.isAwaited && sequence.endsProcess);
    this.#losesNothing = leavesQueue || (await this.#emptyQueues(sequence.drainRemainingMs()));
    this.refuseConnections();
  }

  refuseConnections(): void {
    this.#refuses = true;
    for (const server of this.servers) {
      // Only looked up if something may wait: a client that connects during the lookup would be
      // reset.
      if (!this.#losesNothing) this.#dropped += waitingConnections(server) ?? 0;
      closeListener(server);
    }
  }

  /** Removes every listener from a server, and forgets it. */
  remove(server: Server): void {
    for (const dispose of this.#listeners.get(server)?.disposers ?? []) dispose();
    this.#listeners.delete(server);
  }

  dispose(): void {
    for (const server of this.servers) this.remove(server);
  }

  /** @returns whether all were seen empty */
  async #emptyQueues(limitMs: number): Promise<boolean> {
    const listening = [...this.#listeners].filter(([server]) => server.listening);
    const emptied = listening.map(([server, listener]) => {
      const queue = acceptQueueOf(server, () => listener.accepted);
      return emptyAcceptQueue(queue, limitMs, this.clock);
    });
    return (await Promise.all(emptied)).every(Boolean);
  }
}
