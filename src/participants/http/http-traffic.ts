import { type IncomingMessage, ServerResponse } from 'node:http';
import type { Server, Socket } from 'node:net';
import { Server as TlsServer, type TLSSocket } from 'node:tls';

import { ageOf } from '../../connections/age-of.js';
import { followEvent } from '../../connections/follow-event.js';
import { isHttp1 } from '../../connections/is-http1.js';
import { Listeners } from '../../connections/listeners.js';
import type { HttpResponse, OpenResponses } from '../../connections/open-responses.js';
import { sharedListener } from '../../connections/shared-listener.js';
import type { Traffic, TrafficSource } from '../../connections/traffic.js';
import { UPGRADES } from '../../connections/upgrades.js';
import type { Routes } from '../../routes/routes.js';
import type { Clock } from '../../shutdown/clock.js';
import type { DrainTask } from '../../shutdown/drain-participant.js';
import type { Outcome } from '../../shutdown/outcome.js';
import { beforeHeaders } from './before-headers.js';
import { Connection } from './connection.js';
import { Handshakes } from './handshakes.js';
import { keepAliveMsOf } from './keep-alive.js';
import { sayCloseIf } from './last-response.js';
import {
  hasSockets,
  idleMsOf,
  isShown,
  isUsed,
  requestsOn,
  socketsOf,
} from './node-connections.js';
import { RECENT_MS, RecentSockets } from './recent-sockets.js';
import { gateRequests } from './request-gate.js';

/**
 * The servers of one application, their connections, and the requests in flight.
 *
 * While the application is healthy, Node knows all of that, and is asked when somebody wants to know:
 * nothing is listened to that comes with each request. Followed, a request counts by the server's own
 * events: from the parsed header to the response's `close`, which comes once, after its last byte or
 * after its client's abort.
 *
 * @internal
 */
export class HttpTraffic implements OpenResponses, TrafficSource {
  readonly responses: OpenResponses = this;
  readonly protocol = 'http/1.1';
  readonly #listeners: Listeners;
  readonly #connections = new Map<Socket, Connection>();
  readonly #handshakes = new Handshakes(() => {
    this.#lookWhetherEmpty();
  });
  /** Those nobody waits for any more. */
  readonly #released = new Set<Socket>();
  /** Those with a request of which only Node knows, and what stands for its response. */
  readonly #withWaiting = new Map<Connection, ServerResponse>();
  #stopMeeting = () => {};
  readonly #recent = new RecentSockets();
  #followedSince: number | undefined;
  #requests = 0;
  #completed = 0;
  #leaves: ((connection: Connection) => boolean) | undefined;
  #onQuiet = () => {};
  #onEmpty = () => {};
  readonly #onClose = sharedListener((response: ServerResponse) => this.#end(response));
  readonly #onSocketClose = sharedListener((socket: Socket) => {
    const connection = this.#connections.get(socket);
    if (connection?.isResting) this.#closed(connection);
    else if (connection !== undefined) this.#endAll(connection);
  });
  /** Called for each new connection. */
  onConnection: (connection: Connection) => void = () => {};

  constructor(
    private readonly routes: Pick<Routes, 'labelOf'>,
    private readonly traffic: Traffic,
    private readonly clock: Clock,
  ) {
    this.#listeners = new Listeners(clock);
    traffic.add(this);
  }

  /** Requests whose response is not complete. */
  get requestCount(): number {
    const unfollowed = this.#unfollowed().reduce((sum, socket) => sum + requestsOn(socket), 0);
    return this.#requests + this.#withWaiting.size + unfollowed;
  }

  get connectionCount(): number {
    return this.#connections.size + this.#unfollowed().length;
  }

  get waitingCount(): number {
    return this.#listeners.waiting;
  }

  get droppedCount(): number {
    return this.#listeners.dropped;
  }

  get busyCount(): number {
    const busy = this.connections.filter(({ isResting }) => !isResting);
    return busy.length + this.#unfollowed().filter((socket) => requestsOn(socket) > 0).length;
  }

  /** How many responses have been completed. */
  get completed(): number {
    return this.#completed;
  }

  get connections(): Connection[] {
    return [...this.#connections.values()];
  }

  /** After how long Node itself ends an idle connection; 0 where it never does. */
  get keepAliveMs(): number {
    return Math.max(0, ...this.#listeners.servers.map(keepAliveMsOf));
  }

  get isEmpty(): boolean {
    return (this.#requests | this.#connections.size | this.#handshakes.size) === 0;
  }

  watch(server: Server): void {
    const listeners = this.#listeners;
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

  /** Hears of each request from now on. Those that are in flight by now, Node shows. */
  follow(): void {
    if (this.#followedSince !== undefined) return;
    this.#followedSince = this.clock.now();
    for (const server of this.#listeners.servers) this.#followRequests(server);
    if (this.#withWaiting.size > 0) this.#stopMeeting = beforeHeaders((one) => this.#meet(one));
  }

  /** What it has accepted already is followed to its end. */
  unwatch(server: Server): void {
    for (const socket of socketsOf(server) ?? []) this.#find(socket);
    this.#listeners.remove(server);
  }

  /** From now on each response of these connections says `Connection: close`. */
  sayCloseTo(leaves: (connection: Connection) => boolean): void {
    this.#leaves = leaves;
    for (const connection of this.#connections.values()) {
      for (const { response } of connection.requests) this.#mayBeLast(connection, response);
    }
  }

  /**
   * Serves nothing from here on that comes behind the last response of its connection.
   *
   * @param lastCallAt - from then on the latest response is the last one, if it can still say so
   */
  serveNothingBehindTheLast(lastCallAt: number): void {
    const admits = (response: ServerResponse) => {
      const connection = this.#connections.get(response.req.socket);
      const latest = connection?.latest;
      if (latest === undefined || connection?.has(response)) return true;
      return latest.headersSent ? latest.shouldKeepAlive : this.clock.now() < lastCallAt;
    };
    for (const server of this.#listeners.servers) {
      this.#listeners.addDisposer(server, gateRequests(server, admits));
    }
  }

  /**
   * @param leavesQueue - whether what waits to be accepted is left to others
   * @param limitMs - how long emptying the accept queue may take
   */
  async stopListening(leavesQueue: boolean, limitMs: number): Promise<void> {
    await this.#listeners.stop(leavesQueue, limitMs);
  }

  refuseConnections(): void {
    this.#listeners.refuseConnections();
  }

  /** Resolves when the last request or the last connection has gone. */
  quiet(): Promise<void> {
    return new Promise((resolve) => (this.#onQuiet = resolve));
  }

  /** Resolves when the last connection has gone. */
  empty(): Promise<void> {
    return new Promise((resolve) => (this.#onEmpty = resolve));
  }

  /** Connections without a request in flight, those in their TLS handshake among them. */
  resting(): Connection[] {
    const resting = this.connections.filter(({ isResting }) => isResting);
    return [...resting, ...this.#handshakes.connections()];
  }

  openResponses(): HttpResponse[] {
    return this.connections.flatMap(({ requests }) => requests.map(({ response }) => response));
  }

  endConnectionAfter(response: ServerResponse): void {
    const { socket } = response.req;
    const connection = this.#connections.get(socket);
    response.once('finish', () => {
      if (connection?.isLatest(response)) socket.destroySoon();
    });
  }

  /** With its connection: what is pipelined behind it cannot be answered before it. */
  release({ req: { socket } }: ServerResponse): void {
    const connection = this.#connections.get(socket);
    if (connection === undefined) return;
    for (const { response, since } of connection.requests) {
      response.off('close', this.#onClose);
      this.#requests -= 1;
      response.once('close', () => this.traffic.requestEnded(response, since, 'cut'));
    }
    this.#released.add(socket);
    socket.once('close', () => {
      this.#released.delete(socket);
      this.traffic.connectionClosed(connection, 'cut');
    });
    this.#forget(socket);
  }

  destroyReleased(): void {
    for (const socket of this.#released) socket.destroy();
  }

  /**
   * Ends all connections; those with a request in flight so that no client takes it for whole. They
   * count as gone at once: their sockets would say so in the turns to come.
   */
  destroyAll(): void {
    for (const connection of this.connections) {
      connection.destroy();
      if (connection.isResting) this.#closed(connection);
      else this.#endAll(connection);
    }
    for (const connection of this.#handshakes.connections()) connection.destroy();
  }

  tasks(): DrainTask[] {
    const now = this.clock.now();
    const waiting = [...this.#withWaiting.values()].map((response) => ({
      response,
      since: undefined,
    }));
    const requests = this.connections.flatMap((connection) => connection.requests);
    return [...requests, ...waiting].map(({ response, since }) => ({
      label: this.routes.labelOf(response),
      ...ageOf(since, this.#followedSince ?? now, now),
    }));
  }

  /** Forgets all; removes every listener from the servers. */
  dispose(): void {
    this.#listeners.dispose();
    this.#stopMeeting();
    this.#onQuiet();
    this.#onEmpty();
  }

  /** As far as they are not followed. */
  #unfollowed(): readonly Socket[] {
    if (this.#followedSince !== undefined) return [];
    return this.#listeners.servers.flatMap((server) => socketsOf(server) ?? []);
  }

  #connected(server: Server, socket: Socket): void {
    if (this.traffic.isFollowed || !hasSockets(server)) this.follow();
    if (this.#followedSince === undefined) this.#recent.add(socket, this.clock.now());
    else this.#open(socket);
  }

  /** Where Node does not show it, requests are counted one by one from here on. */
  #lookAtFirstRequest(server: Server): void {
    const stop = this.#listeners.on(server, 'request', (_request, response: HttpResponse) => {
      if (!isHttp1(response)) return;
      stop();
      if (this.#followedSince !== undefined || isShown(server, response)) return;
      this.follow();
      this.#begin(response.req.socket, response);
    });
  }

  #followRequests(server: Server): void {
    for (const socket of socketsOf(server) ?? []) this.#find(socket);
    const listeners = this.#listeners;
    listeners.on(server, 'request', (request: IncomingMessage, response: HttpResponse) => {
      if (isHttp1(response)) this.#begin(request.socket, response);
    });
    const follow = (event: string, listener: (request: IncomingMessage, second: any) => void) => {
      listeners.addDisposer(server, followEvent(server, event, listener));
    };
    // Whoever listens to these decides whether there will be a `request` of it.
    for (const event of ['checkContinue', 'checkExpectation']) {
      follow(event, (request, response: HttpResponse) => {
        if (isHttp1(response)) this.#begin(request.socket, response);
      });
    }
    // An upgraded connection is no longer HTTP's, nor is a tunnel.
    for (const event of UPGRADES) {
      follow(event, (_request, socket: Socket) => this.#upgraded(socket));
    }
  }

  #find(socket: Socket): void {
    if (this.#connections.has(socket)) return;
    const connection = Connection.found(socket, this.#restsSince(socket));
    this.#connections.set(socket, connection);
    const { waiting } = connection;
    if (waiting !== undefined) this.#withWaiting.set(connection, new ServerResponse(waiting));
    if (connection.needsSocket) socket.on('close', this.#onSocketClose);
    for (const { response } of connection.requests) this.#count(response);
  }

  #restsSince(socket: Socket): number {
    const now = this.clock.now();
    if (isUsed(socket)) return now - (idleMsOf(socket) ?? 0);
    return this.#recent.has(socket, now) ? now : now - RECENT_MS;
  }

  #count(response: ServerResponse): void {
    this.#requests += 1;
    response.on('close', this.#onClose);
  }

  #upgraded(socket: Socket): void {
    const connection = this.#connections.get(socket);
    if (connection === undefined) return;
    // Node hands the socket over although requests before the upgrade are not answered.
    this.#endAll(connection);
    if (!this.#connections.has(socket)) return;
    this.traffic.connectionUpgraded(connection);
    socket.off('close', this.#onSocketClose);
    this.#forget(socket);
  }

  /** Its socket has closed, or is no longer HTTP's: none of its requests will be answered. */
  #endAll(connection: Connection): void {
    for (const { response } of connection.requests) {
      response.off('close', this.#onClose);
      this.#end(response);
    }
  }

  /**
   * Listens to a socket only as long as its responses do not say when it closes: Node adds a listener
   * for each response, and a list of three is never made shorter by V8.
   */
  #hear(connection: Connection, before: boolean): void {
    const { socket, needsSocket } = connection;
    if (needsSocket === before) return;
    if (needsSocket) socket.on('close', this.#onSocketClose);
    else socket.off('close', this.#onSocketClose);
  }

  #closed(connection: Connection): void {
    this.traffic.connectionClosed(connection, connection.closedBy);
    connection.socket.off('close', this.#onSocketClose);
    this.#forget(connection.socket);
  }

  #forget(socket: Socket): void {
    const connection = this.#connections.get(socket);
    this.#connections.delete(socket);
    if (connection !== undefined) this.#neverMet(connection);
    this.#lookWhetherEmpty();
  }

  #lookWhetherEmpty(): void {
    if (!this.isEmpty) return;
    this.#onQuiet();
    this.#onEmpty();
  }

  #open(socket: Socket): Connection {
    const connection = new Connection(socket, this.clock.now());
    this.#connections.set(socket, connection);
    this.onConnection(connection);
    this.traffic.connectionOpened(connection);
    socket.on('close', this.#onSocketClose);
    return connection;
  }

  #begin(socket: Socket, response: ServerResponse): void {
    // A server that is watched late has connections that were not seen to open.
    const connection = this.#connections.get(socket) ?? this.#open(socket);
    // Whoever takes `checkContinue` may emit `request` for it.
    if (connection.has(response)) return;
    const neededSocket = connection.needsSocket;
    connection.begin(response, this.clock.now());
    this.#hear(connection, neededSocket);
    this.#count(response);
    this.traffic.requestBegan(response, connection);
    if (this.#leaves !== undefined) this.#mayBeLast(connection, response);
  }

  #end(response: ServerResponse): void {
    const now = this.clock.now();
    const connection = this.#connections.get(response.req.socket);
    const neededSocket = connection?.needsSocket ?? false;
    const since = connection === undefined ? now : connection.finish(response, now);
    this.#requests -= 1;
    if (connection?.waiting !== undefined) this.#reveal(connection, response);
    const isWhole = response.writableFinished;
    if (isWhole) this.#completed += 1;
    const saidClose = this.#leaves !== undefined && !response.shouldKeepAlive;
    if (isWhole && saidClose && connection !== undefined) connection.closedBy = 'announced';
    this.traffic.requestEnded(response, since, outcomeOf(response, connection));
    if (connection !== undefined) this.#hear(connection, neededSocket);
    if (connection?.isResting && connection.socket.destroyed) this.#closed(connection);
    if (this.requestCount === 0) this.#onQuiet();
  }

  #reveal(connection: Connection, ended: ServerResponse): void {
    const response = connection.reveal(ended);
    if (response !== undefined) this.#met(response, connection);
    else if (connection.waiting === undefined) this.#neverMet(connection);
  }

  /** One that waits behind another is met here at the latest when it may still say `close`. */
  #meet(response: ServerResponse): boolean {
    const connection = this.#connections.get(response.req.socket);
    if (connection?.meet(response) !== true) return false;
    this.#met(response, connection);
    return true;
  }

  #met(response: ServerResponse, connection: Connection): void {
    this.#count(response);
    if (connection.waiting === undefined) this.#waitsNoLonger(connection);
    // Between the first and the last one, it was not counted so far.
    else this.traffic.requestBegan(response, connection);
    if (this.#leaves !== undefined) this.#mayBeLast(connection, response);
  }

  #neverMet(connection: Connection): void {
    const response = this.#withWaiting.get(connection);
    if (response === undefined) return;
    this.#waitsNoLonger(connection);
    this.traffic.requestEnded(response, undefined, outcomeOf(response, connection));
  }

  #waitsNoLonger(connection: Connection): void {
    this.#withWaiting.delete(connection);
    if (this.#withWaiting.size === 0) this.#stopMeeting();
  }

  #mayBeLast(connection: Connection, response: ServerResponse): void {
    if (response.headersSent) return;
    sayCloseIf(
      response,
      () => connection.isLatest(response) && this.#leaves?.(connection) === true,
    );
  }
}

function outcomeOf(response: ServerResponse, connection: Connection | undefined): Outcome {
  if (response.writableFinished) return 'completed';
  return connection?.closedBy === 'cut' ? 'cut' : 'aborted';
}
