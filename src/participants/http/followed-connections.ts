import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

import { ageOf } from '../../connections/age-of.js';
import type { HttpResponse, OpenResponses } from '../../connections/open-responses.js';
import { sharedListener } from '../../connections/shared-listener.js';
import type { Traffic } from '../../connections/traffic.js';
import type { Routes } from '../../routes/routes.js';
import type { Clock } from '../../shutdown/clock.js';
import type { DrainTask } from '../../shutdown/drain-participant.js';
import type { Outcome } from '../../shutdown/outcome.js';
import { type BeforeHeaders, beforeHeaders, beforeOwnHeaders } from './before-headers.js';
import { Connection, type RequestInFlight } from './connection.js';
import { sayClose } from './last-response.js';
import { WaitingRequests } from './waiting-requests.js';

/** Hears of what ends. @internal */
export interface Ends {
  requestEnded(): void;
  connectionGone(): void;
}

/**
 * The connections that are followed, and the requests in flight on them. A request counts from its
 * parsed header to the `close` of its response, which comes once: after the last byte, or after the
 * client's abort.
 *
 * @internal
 */
export class FollowedConnections implements OpenResponses {
  readonly #connections = new Map<Socket, Connection>();
  /** The sockets of released responses. */
  readonly #released = new Set<Socket>();
  readonly #waiting = new WaitingRequests({
    met: (response, connection, isLast) => this.#met(response, connection, isLast),
    neverMet: (response, connection) => {
      this.traffic.requestEnded(response, undefined, outcomeOf(response, connection));
    },
  });
  #requests = 0;
  #completed = 0;
  #leaves: ((connection: Connection) => boolean) | undefined;
  #stopLooking: (() => void) | undefined;
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
    private readonly ends: Ends,
  ) {}

  get connections(): Connection[] {
    return [...this.#connections.values()];
  }

  get connectionCount(): number {
    return this.#connections.size;
  }

  get busyCount(): number {
    return this.connections.filter(({ isResting }) => !isResting).length;
  }

  /** Those without a request in flight. Looked at again and again, so no list is made in between. */
  resting(): Connection[] {
    const resting: Connection[] = [];
    for (const connection of this.#connections.values()) {
      if (connection.isResting) resting.push(connection);
    }
    return resting;
  }

  /** Requests whose response is not complete. */
  get requestCount(): number {
    return this.#requests + this.#waiting.count;
  }

  /** How many responses have been completed. */
  get completed(): number {
    return this.#completed;
  }

  tasks(followedSince: number): DrainTask[] {
    const now = this.clock.now();
    const waiting = this.#waiting.responses.map((response) => ({ response, since: undefined }));
    return [...this.#requestsInFlight(), ...waiting].map(({ response, since }) => ({
      label: this.routes.labelOf(response),
      ...ageOf(since, followedSince, now),
    }));
  }

  has(socket: Socket): boolean {
    return this.#connections.has(socket);
  }

  /** A connection that was not followed so far. Node shows the requests in flight on it. */
  find(socket: Socket, restsSince: number): void {
    const connection = Connection.found(socket, restsSince);
    this.#connections.set(socket, connection);
    this.#waiting.add(connection);
    socket.on('close', this.#onSocketClose);
    for (const { response } of connection.requests) this.#count(response);
  }

  /** Looks for pipelined requests that only Node knows. */
  meetWaiting(): void {
    if (this.#waiting.count > 0) this.#lookAtHeaders();
  }

  open(socket: Socket): Connection {
    const connection = new Connection(socket, this.clock.now());
    this.#connections.set(socket, connection);
    this.onConnection(connection);
    this.traffic.connectionOpened(connection);
    socket.on('close', this.#onSocketClose);
    return connection;
  }

  begin(socket: Socket, response: ServerResponse): void {
    // A server that is watched late has connections that were not seen to open.
    const connection = this.#connections.get(socket) ?? this.open(socket);
    // A listener of `checkContinue` may emit `request` for the same response.
    if (connection.has(response)) return;
    connection.begin(response, this.clock.now());
    this.#count(response);
    this.traffic.requestBegan(response, connection);
  }

  upgraded(socket: Socket): void {
    const connection = this.#connections.get(socket);
    if (connection === undefined) return;
    // Node hands the socket over although requests before the upgrade are not answered.
    this.#endAll(connection);
    if (!this.#connections.has(socket)) return;
    this.traffic.connectionUpgraded(connection);
    socket.off('close', this.#onSocketClose);
    this.#forget(connection);
  }

  /** From now on the last response of each of these connections says `Connection: close`. */
  sayCloseTo(leaves: (connection: Connection) => boolean): void {
    this.#leaves = leaves;
    this.#lookAtHeaders();
  }

  /**
   * Whether the request is served. One behind the last response of its connection is not.
   *
   * @param lastCallAt - from then on, the latest response is the last one if its headers can still
   * say so
   */
  serves(response: ServerResponse, lastCallAt: number): boolean {
    const connection = this.#connections.get(response.req.socket);
    const latest = connection?.latest;
    if (latest === undefined || connection?.has(response)) return true;
    return latest.headersSent ? latest.shouldKeepAlive : this.clock.now() < lastCallAt;
  }

  openResponses(): HttpResponse[] {
    return this.#requestsInFlight().map(({ response }) => response);
  }

  endConnectionAfter(response: ServerResponse): void {
    const { socket } = response.req;
    const connection = this.#connections.get(socket);
    response.once('finish', () => {
      if (connection?.isLatest(response)) socket.destroySoon();
    });
  }

  /**
   * Releases the whole connection: what is pipelined behind the response cannot be answered before
   * it.
   */
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
    this.#forget(connection);
  }

  destroyReleased(): void {
    for (const socket of this.#released) socket.destroy();
  }

  /** It counts as gone at once: its socket would report it some turns later. */
  destroy(connection: Connection): void {
    connection.destroy();
    if (connection.isResting) this.#closed(connection);
    else this.#endAll(connection);
  }

  destroyAll(): void {
    for (const connection of this.connections) this.destroy(connection);
  }

  dispose(): void {
    this.#stopLooking?.();
  }

  /** Resting connections cost nothing here: this runs again and again. */
  #requestsInFlight(): RequestInFlight[] {
    const found: RequestInFlight[] = [];
    for (const connection of this.#connections.values()) {
      if (!connection.isResting) found.push(...connection.requests);
    }
    return found;
  }

  #count(response: ServerResponse): void {
    this.#requests += 1;
    response.on('close', this.#onClose);
  }

  #end(response: ServerResponse): void {
    const now = this.clock.now();
    const connection = this.#connections.get(response.req.socket);
    const since = connection === undefined ? now : connection.finish(response, now);
    this.#requests -= 1;
    if (connection !== undefined) this.#waiting.ended(response, connection);
    const isWhole = response.writableFinished;
    if (isWhole) this.#completed += 1;
    const saidClose = this.#leaves !== undefined && !response.shouldKeepAlive;
    if (isWhole && saidClose && connection !== undefined) connection.closedBy = 'announced';
    this.traffic.requestEnded(response, since, outcomeOf(response, connection));
    if (connection?.isResting && connection.socket.destroyed) this.#closed(connection);
    this.ends.requestEnded();
  }

  /**
   * None of its requests will be answered: its socket has closed, or HTTP has handed it over. For
   * pipelined ones, Node 20 and 22 report nothing.
   */
  #endAll(connection: Connection): void {
    for (const { response } of connection.requests) {
      response.off('close', this.#onClose);
      this.#end(response);
    }
  }

  #closed(connection: Connection): void {
    this.traffic.connectionClosed(connection, connection.closedBy);
    this.#forget(connection);
  }

  #forget(connection: Connection): void {
    this.#connections.delete(connection.socket);
    this.#waiting.closed(connection);
    this.ends.connectionGone();
  }

  #met(response: ServerResponse, connection: Connection, isLast: boolean): void {
    this.#count(response);
    // The last one was counted from the start; nobody has heard of those before it.
    if (!isLast) this.traffic.requestBegan(response, connection);
    beforeOwnHeaders(response, this.#beforeHeaders);
  }

  #lookAtHeaders(): void {
    if (this.#stopLooking !== undefined) return;
    this.#stopLooking = beforeHeaders(this.#beforeHeaders);
    for (const { response } of this.#requestsInFlight()) {
      beforeOwnHeaders(response, this.#beforeHeaders);
    }
  }

  readonly #beforeHeaders: BeforeHeaders = (response, args) => {
    // Every response of the process comes by here, also a stand-in that has no request.
    const { socket } = (response.req ?? {}) as Partial<IncomingMessage>;
    const connection = socket && this.#connections.get(socket);
    if (connection === undefined) return args;
    this.#waiting.meet(response, connection);
    const isLast = connection.isLatest(response) && this.#leaves?.(connection) === true;
    return isLast ? sayClose(response, args) : args;
  };
}

function outcomeOf(response: ServerResponse, connection: Connection | undefined): Outcome {
  if (response.writableFinished) return 'completed';
  return connection?.closedBy === 'cut' ? 'cut' : 'aborted';
}
