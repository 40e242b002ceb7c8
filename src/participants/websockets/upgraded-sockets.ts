import type { IncomingMessage } from 'node:http';
import { type Server, Socket } from 'node:net';

import { followEvent } from '../../connections/follow-event.js';
import { forEachAlone } from '../../connections/for-each-alone.js';
import { sharedListener } from '../../connections/shared-listener.js';
import type { Traffic, TrafficSource } from '../../connections/traffic.js';
import { refuseUpgrades, UPGRADES } from '../../connections/upgrades.js';
import type { Clock } from '../../shutdown/clock.js';
import { type Upgrade, upgradeOf } from './upgrade.js';
import { handlersOn, UpgradedSocket } from './upgraded-socket.js';
import type { HandlersOf } from './web-socket-connection.js';

/**
 * The connections that the application's HTTP servers have handed over and that are open. While the
 * application is healthy, only what cannot be learned later is kept of each. From `follow()` on,
 * they are followed.
 *
 * @internal
 */
export class UpgradedSockets implements Iterable<UpgradedSocket>, TrafficSource {
  readonly protocol = 'websocket';
  readonly requestCount = 0;
  readonly #servers = new Map<Server, (() => void)[]>();
  /** All that are open. */
  readonly #open = new Map<Socket, Upgrade>();
  readonly #followed = new Map<Socket, UpgradedSocket>();
  readonly #onClose = sharedListener((socket: Socket) => this.#closed(socket));
  #isFollowed = false;
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
    const isBusy = (socket: Socket) => handlersOn(socket, this.handlersOf).running > 0;
    return [...this.#open.keys()].filter(isBusy).length;
  }

  [Symbol.iterator](): Iterator<UpgradedSocket> {
    return this.#followed.values();
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

  /** Follows each one from now on, and those that are open. */
  follow(): void {
    if (this.#isFollowed) return;
    this.#isFollowed = true;
    for (const [socket, upgrade] of this.#open) this.#add(socket, upgrade);
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
    forEachAlone(this.#followed.values(), (upgraded) => upgraded.terminate());
  }

  #opened(server: Server, request: IncomingMessage, socket: Socket): void {
    if (this.traffic.isFollowed) this.follow();
    const upgrade = upgradeOf(server, request, socket, this.clock.now());
    this.#open.set(socket, upgrade);
    socket.on('close', this.#onClose);
    if (this.#containsErrors) socket.on('error', ignore);
    if (!this.#isFollowed) return;
    const upgraded = this.#add(socket, upgrade);
    this.onOpen(upgraded);
    this.traffic.connectionOpened(upgraded);
  }

  #add(socket: Socket, upgrade: Upgrade): UpgradedSocket {
    const upgraded = new UpgradedSocket(socket, upgrade, this.handlersOf);
    this.#followed.set(socket, upgraded);
    return upgraded;
  }

  #closed(socket: Socket): void {
    // An observer may have come since it was opened.
    if (this.traffic.isFollowed) this.follow();
    const upgraded = this.#followed.get(socket);
    this.#open.delete(socket);
    this.#followed.delete(socket);
    if (upgraded !== undefined) this.traffic.connectionClosed(upgraded, upgraded.closedBy);
  }

  dispose(): void {
    for (const server of this.#servers.keys()) this.unwatch(server);
    this.#open.clear();
    this.#followed.clear();
  }
}

function ignore(): void {}
