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

/** Stands for an unknown time: a plain number takes less memory than `number | undefined`. */
const UNKNOWN = -1;
const NONE: readonly RequestInFlight[] = [];

/** Fields that few connections need, or only leaving ones. */
interface Details {
  /** The requests behind the one in flight, when the client pipelines. */
  pipelined: RequestInFlight[] | undefined;
  /** The last of them, if neither it nor those before it have been met. */
  waiting: IncomingMessage | undefined;
  leavesAt: number;
  closedBy: ClosedBy;
  quietSince: number;
  bytesSeen: number;
}

/**
 * One connection to an HTTP/1.1 server, and its state. Kept small, because there is one for each
 * client.
 *
 * @internal
 */
export class Connection implements TrafficConnection {
  /** The request in flight; null between two of them, undefined before the first. */
  #response: ServerResponse | null | undefined;
  /**
   * When the request in flight, or else the rest, began. In whole ms, because V8 stores a fraction
   * as an object.
   */
  #since: number;
  #details: Details | undefined;

  constructor(
    readonly socket: Socket,
    now: number,
  ) {
    this.#since = Math.floor(now);
  }

  /**
   * A connection that was not followed so far, as Node shows it.
   *
   * @param restsSince - if it rests, since when
   */
  static found(socket: Socket, restsSince: number): Connection {
    const connection = new Connection(socket, restsSince);
    const response = currentResponse(socket);
    if (isUsed(socket)) {
      connection.#response = response ?? null;
      connection.#detailed().bytesSeen = socket.bytesRead;
    }
    if (response === undefined) return connection;
    const waiting = waitingRequest(socket);
    if (waiting !== undefined) connection.#detailed().waiting = waiting;
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

  /** When its responses begin to say `Connection: close`. */
  get leavesAt(): number {
    return this.#details?.leavesAt ?? Infinity;
  }

  set leavesAt(at: number) {
    this.#detailed().leavesAt = at;
  }

  /** Who would be the one to close it now. */
  get closedBy(): ClosedBy {
    return this.#details?.closedBy ?? 'peer';
  }

  set closedBy(closedBy: ClosedBy) {
    this.#detailed().closedBy = closedBy;
  }

  /** The requests in flight that are known, in the order they came. */
  get requests(): readonly RequestInFlight[] {
    if (!this.#response) return NONE;
    const first = { response: this.#response, since: known(this.#since) };
    return [first, ...this.#pipelined];
  }

  /** The last request that only Node knows, behind those in flight. */
  get waiting(): IncomingMessage | undefined {
    return this.#details?.waiting;
  }

  has(response: ServerResponse): boolean {
    if (this.#response === response) return true;
    return this.#pipelined.some((one) => one.response === response);
  }

  begin(response: ServerResponse, now: number): void {
    if (this.#response) {
      (this.#detailed().pipelined ??= []).push({ response, since: now });
      return;
    }
    this.#response = response;
    this.#since = Math.floor(now);
  }

  /** @returns when the request began; undefined if unknown */
  finish(response: ServerResponse, now: number): number | undefined {
    const details = this.#detailed();
    details.quietSince = now;
    details.bytesSeen = this.socket.bytesRead;
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
    this.#detailed().waiting = undefined;
    return undefined;
  }

  /**
   * Takes a response as that of a waiting request.
   *
   * @returns whether it was one, and had not been met yet
   */
  meet(response: ServerResponse): boolean {
    if (this.waiting === undefined || this.has(response)) return false;
    const details = this.#detailed();
    const pipelined = (details.pipelined ??= []);
    const found = pipelined.filter(({ since }) => since === undefined).length;
    const isLast = response.req === this.waiting;
    pipelined.splice(isLast ? found : 0, 0, { response, since: undefined });
    if (isLast) details.waiting = undefined;
    if (!this.#response) this.#next(UNKNOWN);
    return true;
  }

  #next(now: number): void {
    const next = this.#details?.pipelined?.shift();
    this.#response = next?.response ?? null;
    this.#since = next === undefined ? Math.floor(now) : (next.since ?? UNKNOWN);
  }

  /** If the client is gone, pipelined requests may end before the first one. */
  #finishPipelined(response: ServerResponse, now: number): number | undefined {
    const rank = this.#pipelined.findIndex((request) => request.response === response);
    const [finished] = rank === -1 ? [] : (this.#details?.pipelined?.splice(rank, 1) ?? []);
    return finished === undefined ? now : finished.since;
  }

  /** The response to its latest request in flight, the only one that may end the connection. */
  get latest(): ServerResponse | undefined {
    const last = this.#details?.pipelined?.at(-1);
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
    const details = this.#detailed();
    const bytes = this.socket.bytesRead;
    if (bytes !== details.bytesSeen) {
      details.bytesSeen = bytes;
      details.quietSince = now;
    }
    return now - details.quietSince;
  }

  get #pipelined(): readonly RequestInFlight[] {
    return this.#details?.pipelined ?? NONE;
  }

  #detailed(): Details {
    return (this.#details ??= {
      pipelined: undefined,
      waiting: undefined,
      leavesAt: Infinity,
      closedBy: 'peer',
      quietSince: this.#since,
      bytesSeen: 0,
    });
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
