import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Server, Socket } from 'node:net';
import { Server as TlsServer, type TLSSocket } from 'node:tls';

import { Listeners } from '../../net/listeners.js';
import type { HttpResponse, OpenResponses } from '../../net/open-responses.js';
import { followUpgrades } from '../../net/upgrades.js';
import type { Routes } from '../../routes/routes.js';
import type { Clock } from '../../shutdown/clock.js';
import type { WorkUnderWay } from '../../shutdown/drain-participant.js';
import { Connection } from './connection.js';
import { sayCloseIf } from './last-response.js';

/**
 * The servers of one application, their connections, and the requests under way, counted by the
 * server's own events: from the parsed header to the response's `close`, which comes once, after
 * its last byte or after its client's abort.
 *
 * @internal
 */
export class HttpTraffic implements OpenResponses {
  readonly #listeners: Listeners;
  readonly #connections = new Map<Socket, Connection>();
  /** TLS only: connections whose handshake is not finished, by their peer. */
  readonly #handshakes = new Map<string, Connection>();
  /** Those nobody waits for any more. */
  readonly #released = new Set<Socket>();
  #requests = 0;
  #completed = 0;
  #leaves: ((connection: Connection) => boolean) | undefined;
  #onQuiet = () => {};
  /** One listener for all responses: a closure for each would be paid by every request. */
  readonly #onClose = listenerOf((response: ServerResponse) => this.#end(response));
  /** Called for each new connection. */
  onConnection: (connection: Connection) => void = () => {};

  constructor(
    private readonly routes: Pick<Routes, 'labelOf'>,
    private readonly clock: Clock,
  ) {
    this.#listeners = new Listeners(clock);
  }

  /** Requests whose response is not complete. */
  get requests(): number {
    return this.#requests;
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
      if (secure) this.#handshake(socket);
      else this.#open(socket);
    });
    if (secure) {
      listeners.on(server, 'secureConnection', (socket: TLSSocket) => {
        this.#handshakes.delete(peer(socket));
        if (socket.alpnProtocol !== 'h2') this.#open(socket);
      });
    }
    listeners.on(server, 'request', (request: IncomingMessage, response: ServerResponse) => {
      if (request.httpVersionMajor > 1) return;
      this.#begin(request.socket, response);
      response.on('close', this.#onClose);
    });
    // An upgraded connection is no longer HTTP's.
    listeners.addDisposer(followUpgrades(server, (_request, socket) => this.#forget(socket)));
  }

  /** From now on each response of these connections says `Connection: close`. */
  sayCloseTo(leaves: (connection: Connection) => boolean): void {
    this.#leaves = leaves;
    for (const connection of this.#connections.values()) {
      for (const { response } of connection.requests) this.#mayBeLast(connection, response);
    }
  }

  /** @param isShared - whether others listen on the same sockets */
  async stopListening(isShared: boolean): Promise<void> {
    await this.#listeners.stop(isShared);
  }

  refuseConnections(): void {
    this.#listeners.refuseConnections();
  }

  /** Resolves when the last request or the last connection has gone. */
  quiet(): Promise<void> {
    return new Promise((resolve) => (this.#onQuiet = resolve));
  }

  /** Connections without a request under way, those in their TLS handshake among them. */
  resting(): Connection[] {
    const resting = this.connections.filter(({ isResting }) => isResting);
    return [...resting, ...this.#handshakes.values()];
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
    for (const { response } of this.#connections.get(socket)?.requests ?? []) {
      response.off('close', this.#onClose);
      this.#requests -= 1;
    }
    this.#released.add(socket);
    socket.once('close', () => this.#released.delete(socket));
    this.#forget(socket);
  }

  destroyReleased(): void {
    for (const socket of this.#released) socket.destroy();
  }

  /** Ends all connections; those with a request under way so that no client takes it for whole. */
  destroyAll(): void {
    for (const connection of this.#connections.values()) destroy(connection);
    for (const connection of this.#handshakes.values()) destroy(connection);
  }

  underWay(): WorkUnderWay[] {
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
  }

  #forget(socket: Socket): void {
    this.#connections.delete(socket);
    if (this.isEmpty) this.#onQuiet();
  }

  #open(socket: Socket): Connection {
    const connection = new Connection(socket, this.clock.now());
    this.#connections.set(socket, connection);
    this.onConnection(connection);
    socket.once('close', () => this.#forget(socket));
    return connection;
  }

  #handshake(socket: Socket): void {
    const connection = new Connection(socket, this.clock.now());
    const key = peer(socket);
    this.#handshakes.set(key, connection);
    socket.once('close', () => {
      if (this.#handshakes.get(key) === connection) this.#handshakes.delete(key);
      if (this.isEmpty) this.#onQuiet();
    });
  }

  #begin(socket: Socket, response: ServerResponse): void {
    // A server that is watched late has connections that were not seen to open.
    const connection = this.#connections.get(socket) ?? this.#open(socket);
    connection.begin(response, this.clock.now());
    this.#requests += 1;
    if (this.#leaves !== undefined) this.#mayBeLast(connection, response);
  }

  #end(response: ServerResponse): void {
    const connection = this.#connections.get(response.req.socket);
    connection?.end(response, this.clock.now());
    this.#requests -= 1;
    if (response.writableFinished) this.#completed += 1;
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

function listenerOf(end: (response: ServerResponse) => void): (this: ServerResponse) => void {
  return function () {
    end(this);
  };
}

/** Newer versions of Node add a second (`keepAliveTimeoutBuffer`). */
function keepAliveMsOf(server: Server): number {
  const { keepAliveTimeout = 0, keepAliveTimeoutBuffer = 0 } = server as {
    keepAliveTimeout?: number;
    keepAliveTimeoutBuffer?: number;
  };
  return keepAliveTimeout > 0 ? keepAliveTimeout + keepAliveTimeoutBuffer : 0;
}

/** Which client a socket leads to; the same for a TLS socket and the TCP socket below it. */
function peer({ remoteAddress, remotePort }: Socket): string {
  return `${remoteAddress} ${remotePort}`;
}

function destroy({ socket, isResting }: Connection): void {
  // A plain end is how a response without length ends well; a reset cannot be mistaken for it.
  if (!isResting && !('encrypted' in socket)) socket.resetAndDestroy();
  else socket.destroy();
}
