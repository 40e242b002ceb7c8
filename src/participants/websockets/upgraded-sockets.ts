import type { Server, Socket } from 'node:net';

import { followUpgrades, refuseUpgrades } from '../../net/upgrades.js';
import type { Clock } from '../../shutdown/clock.js';
import { UpgradedSocket } from './upgraded-socket.js';
import type { HandlersOf } from './web-socket-connection.js';

/**
 * The connections that the application's HTTP servers have handed over and that are open.
 *
 * @internal
 */
export class UpgradedSockets implements Iterable<UpgradedSocket> {
  readonly #servers = new Set<Server>();
  readonly #open = new Map<Socket, UpgradedSocket>();
  readonly #disposers: (() => void)[] = [];
  readonly #onClose: (this: Socket) => void;
  /** Called for each new one. */
  onOpen: (upgraded: UpgradedSocket) => void = () => {};

  constructor(
    private readonly handlersOf: HandlersOf,
    private readonly clock: Clock,
  ) {
    const open = this.#open;
    // One listener for all: a closure for each would be kept by every connection.
    this.#onClose = function () {
      open.delete(this);
    };
  }

  [Symbol.iterator](): Iterator<UpgradedSocket> {
    return this.#open.values();
  }

  watch(server: Server): void {
    if (this.#servers.has(server)) return;
    this.#servers.add(server);
    const dispose = followUpgrades(server, (request, socket) => {
      const since = this.clock.now();
      const upgraded = new UpgradedSocket(server, socket, request, this.handlersOf, since);
      this.#open.set(socket, upgraded);
      socket.once('close', this.#onClose);
      this.onOpen(upgraded);
    });
    this.#disposers.push(dispose);
  }

  /** Answers new upgrades with 503 from here on. */
  refuse(): void {
    for (const server of this.#servers) this.#disposers.push(refuseUpgrades(server));
  }

  /** Ends them as soon as what was written to them is sent. */
  endAll(): void {
    for (const socket of this.#open.keys()) socket.destroySoon();
  }

  destroyAll(): void {
    for (const socket of this.#open.keys()) socket.destroy();
  }

  dispose(): void {
    for (const dispose of this.#disposers.splice(0)) dispose();
    this.#servers.clear();
    this.#open.clear();
  }
}
