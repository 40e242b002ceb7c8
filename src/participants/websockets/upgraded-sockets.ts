import type { IncomingMessage } from 'node:http';
import { type Server, Socket } from 'node:net';

import { followEvent } from '../../connections/follow-event.js';
import { forEachAlone } from '../../connections/for-each-alone.js';
import { sharedListener } from '../../connections/shared-listener.js';
import type { Traffic, TrafficSource } from '../../connections/traffic.js';
import { refuseUpgrades, UPGRADES } from '../../connections/upgrades.js';
import type { Clock } from '../../shutdown/clock.js';
import { UpgradedSocket } from './upgraded-socket.js';
import type { HandlersOf } from './web-socket-connection.js';

/**
 * The connections that the application's HTTP servers have handed over and that are open.
 *
 * @internal
 */
export class UpgradedSockets implements Iterable<UpgradedSocket>, TrafficSource {
  readonly protocol = 'websocket';
  readonly requestCount = 0;
  readonly #servers = new Map<Server, (() => void)[]>();
  readonly #open = new Map<Socket, UpgradedSocket>();
  readonly #onClose = sharedListener((socket: Socket) => this.#closed(socket));
  #containsErrors = false;
  /** Called for each new one. */
  onOpen: (upgraded: UpgradedSocket) => void = () => {};

  constructor(
    private readonly handlersOf: HandlersOf,
    private readonly traffic: Traffic,
    private readonly clock: Clock,
  ) {
    traffic.add(this);
  }

  get connectionCount(): number {
    return this.#open.size;
  }

  get busyCount(): number {
    return [...this.#open.values()].filter(({ isBusy }) => isBusy).length;
  }

  [Symbol.iterator](): Iterator<UpgradedSocket> {
    return this.#open.values();
  }

  watch(server: Server): void {
    if (this.#servers.has(server)) return;
    const disposers = UPGRADES.map((event) =>
      followEvent(server, event, (request: IncomingMessage, socket: unknown) => {
        // A tunnel over HTTP/2 is a stream of its session.
        if (socket instanceof Socket) this.#opened(server, request, socket);
      }),
    );
    this.#servers.set(server, disposers);
  }

  unwatch(server: Server): void {
    for (const dispose of this.#servers.get(server) ?? []) dispose();
    this.#servers.delete(server);
  }

  /**
   * The shutdown begins: from now on no error of such a socket ends the process. Node removes its
   * own listener, and not every library adds one (engine.io does only after a second if the path is
   * not its own).
   */
  containErrors(): void {
    this.#containsErrors = true;
    for (const socket of this.#open.keys()) socket.on('error', ignore);
  }

  /** Answers new upgrades with 503 from here on. */
  refuse(): void {
    for (const [server, disposers] of this.#servers) disposers.push(refuseUpgrades(server));
  }

  /** Ends them once everything written to them has been sent. */
  endAll(): void {
    for (const socket of this.#open.keys()) socket.destroySoon();
  }

  destroyAll(): void {
    forEachAlone(this.#open, ([socket, upgraded]) => {
      upgraded.closedBy = 'cut';
      socket.destroy();
    });
  }

  #opened(server: Server, request: IncomingMessage, socket: Socket): void {
    const since = this.clock.now();
    const upgraded = new UpgradedSocket(server, socket, request, this.handlersOf, since);
    this.#open.set(socket, upgraded);
    socket.on('close', this.#onClose);
    if (this.#containsErrors) socket.on('error', ignore);
    this.onOpen(upgraded);
    this.traffic.connectionOpened(upgraded);
  }

  #closed(socket: Socket): void {
    const upgraded = this.#open.get(socket);
    this.#open.delete(socket);
    if (upgraded !== undefined) this.traffic.connectionClosed(upgraded, upgraded.closedBy);
  }

  dispose(): void {
    for (const server of this.#servers.keys()) this.unwatch(server);
    this.#open.clear();
  }
}

function ignore(): void {}
