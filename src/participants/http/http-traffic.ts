import type { IncomingMessage, ServerResponse } from 'node:http';
import { Server as NetServer, Socket } from 'node:net';
import { Server as TlsServer } from 'node:tls';

import type { Clock } from '../../shutdown/clock.js';
import type { WorkUnderWay } from '../../shutdown/drain-participant.js';
import { emptyAcceptQueue } from './accept-queue.js';
import { Connection } from './connection.js';
import { sayCloseIf } from './last-response.js';
import { type NameOfRoute, requestLabel } from './request-label.js';

/**
 * The servers of one application, their connections, and the requests under way, counted by the
 * server's own events: from the parsed header to the response's `close`, which comes once, after
 * its last byte or after its client's abort.
 *
 * @internal
 */
export class HttpTraffic {
  readonly #servers = new Set<NetServer>();
  readonly #connections = new Map<Socket, Connection>();
  /** TLS only: the connections below the ones above, which have bytes before these exist. */
  readonly #handshakes = new Map<Socket, Connection>();
  readonly #disposers: (() => void)[] = [];
  #accepted = 0;
  #requests = 0;
  #completed = 0;
  #leaves: ((connection: Connection) => boolean) | undefined;
  #onQuiet = () => {};
  /** Called for each new connection. */
  onConnection: (connection: Connection) => void = () => {};
  nameOfRoute: NameOfRoute | undefined;

  constructor(private readonly clock: Clock) {}

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

  get isEmpty(): boolean {
    return (this.#requests | this.#connections.size | this.#handshakes.size) === 0;
  }

  watch(server: NetServer): void {
    if (this.#servers.has(server)) return;
    this.#servers.add(server);
    const secure = server instanceof TlsServer;
    this.#on(server, 'connection', (socket: Socket) => {
      this.#accepted += 1;
      this.#open(secure ? this.#handshakes : this.#connections, socket);
    });
    if (secure) {
      this.#on(server, 'secureConnection', (socket: Socket) =>
        this.#open(this.#connections, socket),
      );
    }
    const onClose = this.#onClose();
    // Before the framework's own listener, which may answer at once.
    this.#on(server, 'request', (request: IncomingMessage, response: ServerResponse) => {
      this.#begin(request.socket, response);
      response.on('close', onClose);
    });
    this.#followUpgrades(server);
  }

  /** From now on each response of these connections says `Connection: close`. */
  sayCloseTo(leaves: (connection: Connection) => boolean): void {
    this.#leaves = leaves;
    for (const connection of this.#connections.values()) {
      for (const { response } of connection.requests) this.#mayBeLast(connection, response);
    }
  }

  /** Accepts what waits to be accepted, then stops listening. */
  async stopListening(): Promise<void> {
    const listening = [...this.#servers].filter((server) => server.listening);
    if (listening.length > 0) await emptyAcceptQueue(() => this.#accepted, this.clock);
    this.refuseConnections();
  }

  /**
   * Closes the listeners and nothing else. `http.Server.close()` would also destroy a connection
   * whose response is not flushed yet, because it counts it as idle once `end()` was called, and
   * stop the checks of `headersTimeout` (measured on Node 20, 22 and 24).
   */
  refuseConnections(): void {
    for (const server of this.#servers) {
      if (server.listening) NetServer.prototype.close.call(server);
    }
  }

  /** Resolves when the last request or the last connection has gone. */
  quiet(): Promise<void> {
    return new Promise((resolve) => (this.#onQuiet = resolve));
  }

  /** Connections without a request under way, those in their TLS handshake among them. */
  resting(): Connection[] {
    const secured = new Set(this.connections.map(({ socket }) => peer(socket)));
    const handshaking = [...this.#handshakes.values()].filter(
      ({ socket }) => !secured.has(peer(socket)),
    );
    return [...this.connections.filter(({ isResting }) => isResting), ...handshaking];
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
        label: requestLabel(response, this.nameOfRoute),
        ageMs: now - since,
      })),
    );
  }

  /** Forgets all; removes every listener from the servers. */
  dispose(): void {
    for (const dispose of this.#disposers.splice(0)) dispose();
    this.#servers.clear();
    this.#onQuiet();
  }

  #on(server: NetServer, event: string, listener: (...args: any[]) => void): void {
    server.prependListener(event, listener);
    this.#disposers.push(() => server.off(event, listener));
  }

  /**
   * An upgraded connection is no longer HTTP's. Watched only where somebody else takes upgrades:
   * without any listener Node serves them as requests, which a listener of ours would prevent.
   */
  #followUpgrades(server: NetServer): void {
    const forget = (_request: unknown, socket: Socket) => this.#forget(socket);
    if (server.listenerCount('upgrade') > 0) return this.#on(server, 'upgrade', forget);
    const follow = (event: string | symbol) => {
      if (event !== 'upgrade') return;
      server.off('newListener', follow);
      this.#on(server, 'upgrade', forget);
    };
    this.#on(server, 'newListener', follow);
  }

  #forget(socket: Socket): void {
    this.#connections.delete(socket);
    if (this.isEmpty) this.#onQuiet();
  }

  #open(connections: Map<Socket, Connection>, socket: Socket): Connection {
    const connection = new Connection(socket, this.clock.now());
    connections.set(socket, connection);
    this.onConnection(connection);
    socket.once('close', () => {
      connections.delete(socket);
      if (this.isEmpty) this.#onQuiet();
    });
    return connection;
  }

  #begin(socket: Socket, response: ServerResponse): void {
    // A server that is watched late has connections that were not seen to open.
    const connection = this.#connections.get(socket) ?? this.#open(this.#connections, socket);
    connection.begin(response, this.clock.now());
    this.#requests += 1;
    if (this.#leaves !== undefined) this.#mayBeLast(connection, response);
  }

  /** One listener for all responses: a closure for each would be paid by every request. */
  #onClose(): (this: ServerResponse) => void {
    const end = (response: ServerResponse) => this.#end(response);
    return function () {
      end(this);
    };
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

/** Which client a socket leads to; the same for a TLS socket and the TCP socket below it. */
function peer({ remoteAddress, remotePort }: Socket): string {
  return `${remoteAddress} ${remotePort}`;
}

function destroy({ socket, isResting }: Connection): void {
  // A plain end is how a response without length ends well; a reset cannot be mistaken for it.
  if (!isResting && !('encrypted' in socket)) socket.resetAndDestroy();
  else socket.destroy();
}
