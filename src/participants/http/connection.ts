import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

import type { ClosedBy, TrafficConnection } from '../../connections/traffic.js';
import { currentResponse, isUsed, waitingRequest } from './node-connections.js';

/** A request whose response is not complete yet. @internal */
export interface RequestInFlight {
  readonly response: ServerResponse;
  /** When its header had been read; undefined if its connection was not followed then. */
  readonly since: number | undefined;
}

/** Stands for an unknown time: V8 keeps a field that is always a number as one. */
const UNKNOWN = -1;
const NONE: readonly RequestInFlight[] = [];

/**
 * One connection to an HTTP/1.1 server, and its state.
 *
 * @internal
 */
export class Connection implements TrafficConnection {
  /** When its responses begin to say `Connection: close`. */
  leavesAt = Infinity;
  /** Who would be the one to close it now. */
  closedBy: ClosedBy = 'peer';
  /** The request in flight; null between two of them, undefined before the first. */
  #response: ServerResponse | null | undefined;
  /** When the request in flight, or else the rest, began. */
  #since: number;
  /** The requests behind the one in flight, when the client pipelines. */
  readonly #pipelined: RequestInFlight[] = [];
  /** The last of them, if neither it nor those before it have been met. */
  #waiting: IncomingMessage | undefined;
  #quietSince: number;
  #bytesSeen = 0;

  constructor(
    readonly socket: Socket,
    now: number,
  ) {
    this.#since = now;
    this.#quietSince = now;
  }

  /**
   * A connection that was not followed so far, as Node shows it.
   *
   * @param restsSince - if it rests, since when
   */
  static found(socket: Socket, restsSince: number): Connection {
    const connection = new Connection(socket, restsSince);
    if (!isUsed(socket)) return connection;
    connection.#bytesSeen = socket.bytesRead;
    const response = currentResponse(socket);
    connection.#response = response ?? null;
    if (response === undefined) return connection;
    connection.#waiting = waitingRequest(socket);
    connection.#since = UNKNOWN;
    return connection;
  }

  get protocol(): 'http/1.1' {
    return 'http/1.1';
  }

  get remoteAddress(): string | undefined {
    return this.socket.remoteAddress;
  }

  /** Whether it ever carried a request. */
  get used(): boolean {
    return this.#response !== undefined;
  }

  get isResting(): boolean {
    return !this.#response;
  }

  /** Since when it has had no request in flight. Only valid while it rests. */
  get restsSince(): number {
    return this.#since;
  }

  /** The requests in flight that are known, in the order they came. */
  get requests(): readonly RequestInFlight[] {
    if (!this.#response) return NONE;
    const first = { response: this.#response, since: known(this.#since) };
    return [first, ...this.#pipelined];
  }

  /** The last request that only Node knows, behind those in flight. */
  get waiting(): IncomingMessage | undefined {
    return this.#waiting;
  }

  has(response: ServerResponse): boolean {
    if (this.#response === response) return true;
    return this.#pipelined.some((one) => one.response === response);
  }

  begin(response: ServerResponse, now: number): void {
    if (this.#response) {
      this.#pipelined.push({ response, since: now });
      return;
    }
    this.#response = response;
    this.#since = now;
  }

  /** @returns when the request began; undefined if unknown */
  finish(response: ServerResponse, now: number): number | undefined {
    this.#quietSince = now;
    this.#bytesSeen = this.socket.bytesRead;
    if (this.#response !== response) return this.#finishPipelined(response, now);
    const since = known(this.#since);
    this.#next(now);
    return since;
  }

  /**
   * Once a request has ended, Node shows the next one that waited behind it; if its socket has
   * closed, none.
   *
   * @returns the response to it, if it has not been met yet
   */
  reveal(ended: ServerResponse): ServerResponse | undefined {
    if (this.waiting === undefined) return undefined;
    const response = currentResponse(this.socket);
    if (response !== undefined && response !== ended) {
      return this.meet(response) ? response : undefined;
    }
    this.#waiting = undefined;
    return undefined;
  }

  /**
   * Takes a response as that of a waiting request.
   *
   * @returns whether it was one, and had not been met yet
   */
  meet(response: ServerResponse): boolean {
    if (this.waiting === undefined || this.has(response)) return false;
    const found = this.#pipelined.filter(({ since }) => since === undefined).length;
    const isLast = response.req === this.waiting;
    this.#pipelined.splice(isLast ? found : 0, 0, { response, since: undefined });
    if (isLast) this.#waiting = undefined;
    if (!this.#response) this.#next(UNKNOWN);
    return true;
  }

  #next(now: number): void {
    const next = this.#pipelined.shift();
    this.#response = next?.response ?? null;
    this.#since = next === undefined ? now : (next.since ?? UNKNOWN);
  }

  /** If the client is gone, pipelined requests may end before the first one. */
  #finishPipelined(response: ServerResponse, now: number): number | undefined {
    const rank = this.#pipelined.findIndex((request) => request.response === response);
    if (rank === -1) return now;
    const [finished] = this.#pipelined.splice(rank, 1);
    return finished?.since;
  }

  /** The response to its latest request in flight, the only one that may end the connection. */
  get latest(): ServerResponse | undefined {
    const last = this.#pipelined.at(-1);
    const response = last === undefined ? this.#response : last.response;
    const since = last === undefined ? known(this.#since) : last.since;
    // The last request that came before requests were followed has not been met.
    if (this.waiting !== undefined && since === undefined) return undefined;
    return response ?? undefined;
  }

  isLatest(response: ServerResponse): boolean {
    return this.latest === response;
  }

  /** Ends it so that no client takes a response in flight for whole. */
  destroy(): void {
    this.closedBy = this.isResting ? 'idle' : 'cut';
    if (this.isResting) this.socket.destroy();
    else cut(this.socket);
  }

  /**
   * How long no byte has come or gone, in ms; never more than it has rested. Must be polled,
   * because it reads a counter of the socket.
   */
  quietMs(now: number): number {
    const bytes = this.socket.bytesRead;
    if (bytes !== this.#bytesSeen) {
      this.#bytesSeen = bytes;
      this.#quietSince = now;
    }
    return now - this.#quietSince;
  }
}

function known(since: number): number | undefined {
  return since === UNKNOWN ? undefined : since;
}

/** A response without a length ends with a plain end, so an incomplete one gets a reset. */
function cut(socket: Socket): void {
  try {
    if (!('encrypted' in socket)) socket.resetAndDestroy();
  } catch {
    // Only TCP has a reset: Node throws for the socket of a pipe.
  }
  socket.destroy();
}
