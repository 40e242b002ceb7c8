import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Server, Socket } from 'node:net';
import { Server as TlsServer, type TLSSocket } from 'node:tls';

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
import { Connection } from './connection.js';
import { Handshakes } from './handshakes.js';
import { keepAliveMsOf } from './keep-alive.js';
import { sayCloseIf } from './last-response.js';
import { gateRequests } from './request-gate.js';

/**
 * The servers of one application, their connections, and the requests in flight, counted by the
 * server's own events: from the parsed header to the response's `close`, which comes once, after
 * its last byte or after its client's abort.
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
  /** Those counted before their `request` event. */
  #expecting: WeakSet<ServerResponse> | undefined;
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
    return this.#requests;
  }

  get connectionCount(): number {
    return this.#connections.size;
  }

  get waitingCount(): number {
    return this.#listeners.waiting;
  }

  get droppedCount(): number {
    return this.#listeners.dropped;
  }

  get busyCount(): number {
    return this.connections.filter(({ isResting }) => !isResting).length;
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
      else this.#open(socket);
    });
    if (secure) {
      listeners.on(server, 'secureConnection', (socket: TLSSocket) => {
        this.#handshakes.finish(socket);
        if (socket.alpnProtocol !== 'h2') this.#open(socket);
      });
    }
    listeners.on(server, 'request', (request: IncomingMessage, response: HttpResponse) => {
      if (!isHttp1(response) || this.#expecting?.has(response) === true) return;
      this.#begin(request.socket, response);
    });
    const follow = (event: string, listener: (request: IncomingMessage, second: any) => void) => {
      listeners.addDisposer(server, followEvent(server, event, listener));
    };
    // Whoever listens to these decides whether there will be a `request` of it.
    for (const event of ['checkContinue', 'checkExpectation']) {
      follow(event, (request, response: HttpResponse) => {
        if (isHttp1(response)) this.#expect(request.socket, response);
      });
    }
    // An upgraded connection is no longer HTTP's, nor is a tunnel.
    for (const event of UPGRADES) {
      follow(event, (_request, socket: Socket) => this.#upgraded(socket));
    }
  }

  /** What it has accepted already is followed to its end. */
  unwatch(server: Server): void {
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
      const latest = this.#connections.get(response.req.socket)?.latest;
      if (latest === undefined || this.#expecting?.has(response)) return true;
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
    return this.connections.flatMap(({ requests }) =>
      requests.map(({ response, since }) => ({
        label: this.routes.labelOf(response),
        ageMs: now - since,
      })),
    );
  }

  /** Forgets all; removes every listener from the servers. */
  dispose(): void {
    this.#listeners.dispose();
    this.#onQuiet();
    this.#onEmpty();
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
    this.#connections.delete(socket);
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

  #expect(socket: Socket, response: ServerResponse): void {
    this.#expecting ??= new WeakSet();
    this.#expecting.add(response);
    this.#begin(socket, response);
  }

  #begin(socket: Socket, response: ServerResponse): void {
    // A server that is watched late has connections that were not seen to open.
    const connection = this.#connections.get(socket) ?? this.#open(socket);
    const neededSocket = connection.needsSocket;
    connection.begin(response, this.clock.now());
    this.#hear(connection, neededSocket);
    this.#requests += 1;
    response.on('close', this.#onClose);
    this.traffic.requestBegan(response, connection);
    if (this.#leaves !== undefined) this.#mayBeLast(connection, response);
  }

  #end(response: ServerResponse): void {
    const now = this.clock.now();
    const connection = this.#connections.get(response.req.socket);
    const neededSocket = connection?.needsSocket ?? false;
    const since = connection?.finish(response, now) ?? now;
    this.#requests -= 1;
    const isWhole = response.writableFinished;
    if (isWhole) this.#completed += 1;
    const saidClose = this.#leaves !== undefined && !response.shouldKeepAlive;
    if (isWhole && saidClose && connection !== undefined) connection.closedBy = 'announced';
    this.traffic.requestEnded(response, since, outcomeOf(response, connection));
    if (connection !== undefined) this.#hear(connection, neededSocket);
    if (connection?.isResting && connection.socket.destroyed) this.#closed(connection);
    if (this.#requests === 0) this.#onQuiet();
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
