import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Server, Socket } from 'node:net';
import { Server as TlsServer, type TLSSocket } from 'node:tls';

import { followEvent } from '../../connections/follow-event.js';
import { isHttp1 } from '../../connections/is-http1.js';
import { Listeners } from '../../connections/listeners.js';
import type { HttpResponse } from '../../connections/open-responses.js';
import type { Traffic, TrafficSource } from '../../connections/traffic.js';
import { UPGRADES } from '../../connections/upgrades.js';
import type { Routes } from '../../routes/routes.js';
import type { Clock } from '../../shutdown/clock.js';
import type { DrainTask } from '../../shutdown/drain-participant.js';
import type { Connection } from './connection.js';
import { FollowedConnections } from './followed-connections.js';
import { Handshakes } from './handshakes.js';
import { keepAliveMsOf } from './keep-alive.js';
import {
  hasSockets,
  idleTimes,
  isShown,
  isUsed,
  requestsOn,
  socketsOf,
} from './node-connections.js';
import { RECENT_MS, RecentSockets } from './recent-sockets.js';
import { gateRequests } from './request-gate.js';

/**
 * The servers of one application, and their connections and requests.
 *
 * While the application is healthy, Node knows these and is asked for them: nothing is listened to
 * that comes with each request. From `follow()` on, the servers' own events are followed.
 *
 * @internal
 */
export class HttpTraffic implements TrafficSource {
  readonly protocol = 'http/1.1';
  /** The connections that are followed. */
  readonly responses: FollowedConnections;
  readonly listeners: Listeners;
  readonly #handshakes = new Handshakes(() => this.#lookWhetherEmpty());
  readonly #recent = new RecentSockets();
  #followedSince: number | undefined;
  #onQuiet = () => {};
  #onEmpty = () => {};

  constructor(
    routes: Pick<Routes, 'labelOf'>,
    private readonly traffic: Traffic,
    private readonly clock: Clock,
  ) {
    this.listeners = new Listeners(clock);
    this.responses = new FollowedConnections(routes, traffic, clock, {
      requestEnded: () => {
        if (this.responses.requestCount === 0) this.#onQuiet();
      },
      connectionGone: () => this.#lookWhetherEmpty(),
    });
    traffic.add(this);
  }

  /** Requests whose response is not complete. */
  get requestCount(): number {
    return this.#unfollowed().reduce(
      (sum, socket) => sum + requestsOn(socket),
      this.responses.requestCount,
    );
  }

  get connectionCount(): number {
    return this.responses.connectionCount + this.#unfollowed().length;
  }

  get busyCount(): number {
    const busy = this.#unfollowed().filter((socket) => requestsOn(socket) > 0);
    return this.responses.busyCount + busy.length;
  }

  get waitingCount(): number {
    return this.listeners.waiting;
  }

  get droppedCount(): number {
    return this.listeners.dropped;
  }

  /** After how long Node itself ends an idle connection, in ms; 0 if it never does. */
  get keepAliveMs(): number {
    return Math.max(0, ...this.listeners.servers.map(keepAliveMsOf));
  }

  /** Whether no followed connection is left. */
  get isEmpty(): boolean {
    const { requestCount, connectionCount } = this.responses;
    return (requestCount | connectionCount | this.#handshakes.size) === 0;
  }

  watch(server: Server): void {
    const listeners = this.listeners;
    const secure = server instanceof TlsServer;
    listeners.add(server);
    listeners.on(server, 'connection', (socket: Socket) => {
      if (secure) this.#handshakes.begin(socket, this.clock.now());
      else this.#connected(server, socket);
    });
    if (secure) {
      listeners.on(server, 'secureConnection', (socket: TLSSocket) => {
        this.#handshakes.finish(socket);
        if (socket.alpnProtocol !== 'h2') this.#connected(server, socket);
      });
    }
    if (this.#followedSince === undefined) this.#lookAtFirstRequest(server);
    else this.#followRequests(server);
  }

  /** Follows each request from now on, and those that are in flight. */
  follow(): void {
    if (this.#followedSince !== undefined) return;
    this.#followedSince = this.clock.now();
    for (const server of this.listeners.servers) this.#followRequests(server);
    this.responses.meetWaiting();
  }

  /** What it has accepted already is followed to its end. */
  unwatch(server: Server): void {
    this.#findConnections(server);
    this.listeners.remove(server);
  }

  /**
   * From now on, refuses requests that come behind the last response of their connection.
   *
   * @param lastCallAt - from then on, the latest response is the last one if its headers can still
   * say so
   */
  serveNothingBehindTheLast(lastCallAt: number): void {
    const admits = (response: ServerResponse) => this.responses.serves(response, lastCallAt);
    for (const server of this.listeners.servers) {
      this.listeners.addDisposer(server, gateRequests(server, admits));
    }
  }

  /** Resolves when the last request or the last connection has gone. */
  quiet(): Promise<void> {
    return new Promise((resolve) => (this.#onQuiet = resolve));
  }

  /** Resolves when the last connection has gone. */
  empty(): Promise<void> {
    return new Promise((resolve) => (this.#onEmpty = resolve));
  }

  /** Connections without a request in flight, including those in their TLS handshake. */
  resting(): Connection[] {
    const resting = this.responses.resting();
    resting.push(...this.#handshakes.connections());
    return resting;
  }

  tasks(): DrainTask[] {
    return this.responses.tasks(this.#followedSince ?? this.clock.now());
  }

  /** Ends a connection. It may still be in its TLS handshake. */
  destroy(connection: Connection): void {
    if (this.responses.has(connection.socket)) this.responses.destroy(connection);
    else connection.destroy();
  }

  /**
   * Ends all connections. A request in flight ends with an error, so that no client takes it for
   * whole.
   */
  destroyAll(): void {
    this.responses.destroyAll();
    for (const connection of this.#handshakes.connections()) connection.destroy();
  }

  /** Removes every listener from the servers, and forgets them. */
  dispose(): void {
    this.listeners.dispose();
    this.responses.dispose();
    this.#onQuiet();
    this.#onEmpty();
  }

  /** The connections that only Node knows. */
  #unfollowed(): readonly Socket[] {
    if (this.#followedSince !== undefined) return [];
    return this.listeners.servers.flatMap((server) => socketsOf(server) ?? []);
  }

  #connected(server: Server, socket: Socket): void {
    if (this.traffic.isFollowed || !hasSockets(server)) this.follow();
    if (this.#followedSince === undefined) this.#recent.add(socket, this.clock.now());
    else this.responses.open(socket);
  }

  /** If Node does not show it, requests are followed from here on. */
  #lookAtFirstRequest(server: Server): void {
    const stop = this.listeners.on(server, 'request', (_request, response: HttpResponse) => {
      if (!isHttp1(response)) return;
      stop();
      if (this.#followedSince !== undefined || isShown(server, response)) return;
      this.follow();
      this.responses.begin(response.req.socket, response);
    });
  }

  #followRequests(server: Server): void {
    this.#findConnections(server);
    const begin = (request: IncomingMessage, response: HttpResponse) => {
      if (isHttp1(response)) this.responses.begin(request.socket, response);
    };
    this.listeners.on(server, 'request', begin);
    const follow = (event: string, listener: (request: IncomingMessage, second: any) => void) => {
      this.listeners.addDisposer(server, followEvent(server, event, listener));
    };
    // The application's listener decides whether a `request` follows.
    for (const event of ['checkContinue', 'checkExpectation']) follow(event, begin);
    // An upgraded connection is no longer HTTP's, nor is a tunnel.
    for (const event of UPGRADES) {
      follow(event, (_request, socket: Socket) => this.responses.upgraded(socket));
    }
  }

  #findConnections(server: Server): void {
    const idleMsOf = idleTimes();
    const now = this.clock.now();
    for (const socket of socketsOf(server) ?? []) {
      if (this.responses.has(socket)) continue;
      if (isUsed(socket)) this.responses.find(socket, now - (idleMsOf(socket) ?? 0));
      else this.responses.find(socket, this.#recent.has(socket, now) ? now : now - RECENT_MS);
    }
  }

  #lookWhetherEmpty(): void {
    if (!this.isEmpty) return;
    this.#onQuiet();
    this.#onEmpty();
  }
}
