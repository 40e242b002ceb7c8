import type { Server } from 'node:net';

import { forEachAlone } from '../../connections/for-each-alone.js';
import type { Traffic } from '../../connections/traffic.js';
import type { Clock } from '../../shutdown/clock.js';
import { EngineConnection } from './engine-connection.js';
import { Engines } from './engines.js';
import type { UpgradedSocket } from './upgraded-socket.js';
import { UpgradedSockets } from './upgraded-sockets.js';
import type { HandlersOf, WebSocketConnection } from './web-socket-connection.js';

/** @internal */
export interface Gateways {
  /** The servers that Nest has made for gateways. */
  readonly servers: () => readonly unknown[];
  readonly handlersOf: HandlersOf;
}

/**
 * The open websockets of the application. While it is healthy, only the sockets of upgrades are
 * remembered; their libraries are looked up when the shutdown begins.
 *
 * @internal
 */
export class WebSocketConnections {
  readonly #open = new Set<WebSocketConnection>();
  readonly #upgraded: UpgradedSockets;
  #engines: Engines | undefined;
  #onEmpty = () => {};
  /** Called for each new one. */
  onOpen: (connection: WebSocketConnection) => void = () => {};

  constructor(
    private readonly gateways: Gateways,
    traffic: Traffic,
    private readonly clock: Clock,
  ) {
    this.#upgraded = new UpgradedSockets(gateways.handlersOf, traffic, clock);
  }

  get open(): ReadonlySet<WebSocketConnection> {
    return this.#open;
  }

  watch(server: Server): void {
    this.#upgraded.watch(server);
  }

  unwatch(server: Server): void {
    this.#upgraded.unwatch(server);
  }

  /** The shutdown begins. */
  follow(): void {
    this.#engines = new Engines(this.gateways.servers());
    this.#engines.each((socket) => {
      const connection = new EngineConnection(socket, this.gateways.handlersOf, this.clock.now());
      this.#add(connection, (closed) => socket.once('close', closed));
    });
    this.#upgraded.follow();
    this.#upgraded.containErrors();
    for (const upgraded of this.#upgraded) this.#addUpgraded(upgraded);
    this.#upgraded.onOpen = (upgraded) => this.#addUpgraded(upgraded);
  }

  /** Stops waiting for it. */
  forget(connection: WebSocketConnection): void {
    this.#open.delete(connection);
    if (this.#open.size === 0) this.#onEmpty();
  }

  refuseUpgrades(): void {
    this.#upgraded.refuse();
  }

  /** Resolves when the last one has gone. */
  empty(): Promise<void> {
    return new Promise((resolve) => (this.#onEmpty = resolve));
  }

  /**
   * Ends all upgraded connections, websockets or not, once everything written to them has been
   * sent.
   */
  endUpgraded(): void {
    this.#upgraded.endAll();
  }

  destroyAll(): void {
    try {
      forEachAlone(this.#open, (connection) => connection.terminate());
    } finally {
      this.#upgraded.destroyAll();
    }
  }

  dispose(): void {
    this.#engines?.dispose();
    this.#upgraded.dispose();
    this.#open.clear();
    this.#onEmpty();
  }

  #addUpgraded(upgraded: UpgradedSocket): void {
    const { server, path } = upgraded.upgrade;
    if (path === undefined) return;
    if (this.#engines?.serves(server, path)) {
      // Announced through its engine.
      upgraded.closedBy = 'announced';
      return;
    }
    this.#add(upgraded, (closed) => upgraded.socket.once('close', closed));
  }

  #add(connection: WebSocketConnection, whenClosed: (closed: () => void) => void): void {
    this.#open.add(connection);
    whenClosed(() => this.forget(connection));
    this.onOpen(connection);
  }
}
