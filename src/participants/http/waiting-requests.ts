import { ServerResponse } from 'node:http';

import type { Connection } from './connection.js';

/** Hears of requests that have waited. @internal */
export interface Meetings {
  /** @param isLast - whether it is the one that Node has shown from the start */
  met(response: ServerResponse, connection: Connection, isLast: boolean): void;
  /** The connection was closed first. @param response - what stands for the missing response */
  neverMet(response: ServerResponse, connection: Connection): void;
}

/**
 * Requests that clients had pipelined before requests were followed. Of those behind the one in
 * flight, Node shows only the last. Each is met once the one before it has ended, or before its
 * headers are written.
 *
 * @internal
 */
export class WaitingRequests {
  /** For the last request of each connection, what stands for its response. */
  readonly #standIns = new Map<Connection, ServerResponse>();

  constructor(private readonly meetings: Meetings) {}

  get count(): number {
    return this.#standIns.size;
  }

  get responses(): ServerResponse[] {
    return [...this.#standIns.values()];
  }

  /** Takes the waiting requests of a connection, if it has some. */
  add(connection: Connection): void {
    const { waiting } = connection;
    if (waiting !== undefined) this.#standIns.set(connection, new ServerResponse(waiting));
  }

  /** The headers of a response are about to be written. */
  meet(response: ServerResponse, connection: Connection): void {
    if (connection.meet(response)) this.#met(response, connection);
  }

  /** A request of the connection has ended: the one behind it is met. */
  ended(response: ServerResponse, connection: Connection): void {
    if (connection.waiting === undefined) return;
    const next = connection.reveal(response);
    if (next !== undefined) this.#met(next, connection);
    else if (connection.waiting === undefined) this.closed(connection);
  }

  closed(connection: Connection): void {
    const response = this.#standIns.get(connection);
    if (response === undefined) return;
    this.#standIns.delete(connection);
    this.meetings.neverMet(response, connection);
  }

  #met(response: ServerResponse, connection: Connection): void {
    const isLast = connection.waiting === undefined;
    if (isLast) this.#standIns.delete(connection);
    this.meetings.met(response, connection, isLast);
  }
}
