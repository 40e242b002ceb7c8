import type { ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

import type { ClosedBy, TrafficConnection } from '../../connections/traffic.js';

/** A request whose response is not complete yet. @internal */
export interface RequestInFlight {
  readonly response: ServerResponse;
  /** When its header had been read. */
  readonly since: number;
}

/** What matters of few connections, or only when they are to go. */
interface Details {
  /** The requests behind the one in flight, when the client pipelines. */
  pipelined: RequestInFlight[];
  /** Whether it has ever had more than one request in flight. */
  hasPipelined: boolean;
  leavesAt: number;
  closedBy: ClosedBy;
  quietSince: number;
  bytesSeen: number;
}

/**
 * One connection to an HTTP/1.1 server, and where it stands. Kept small, for there is one per client.
 *
 * @internal
 */
export class Connection implements TrafficConnection {
  /** The request in flight; null between two of them, undefined before the first. */
  #response: ServerResponse | null | undefined;
  /** When the request in flight began, or else the rest; whole ms, as a fraction is an object to V8. */
  #since: number;
  #details: Details | undefined;

  constructor(
    readonly socket: Socket,
    now: number,
  ) {
    this.#since = Math.floor(now);
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

  /**
   * Whether its socket has to be listened to. While one request is in flight, the response says when
   * the socket closes; of those behind it, Node 20 and 22 say nothing.
   */
  get needsSocket(): boolean {
    return this.isResting || this.#details?.hasPipelined === true;
  }

  /** Since when it has had no request in flight; ask it while it rests. */
  get restsSince(): number {
    return this.#since;
  }

  /** From when on its responses say `Connection: close`. */
  get leavesAt(): number {
    return this.#details?.leavesAt ?? Infinity;
  }

  set leavesAt(at: number) {
    this.#detailed().leavesAt = at;
  }

  /** Who closes it, if it is closed now. */
  get closedBy(): ClosedBy {
    return this.#details?.closedBy ?? 'peer';
  }

  set closedBy(closedBy: ClosedBy) {
    this.#detailed().closedBy = closedBy;
  }

  /** The requests in flight, in the order they came. */
  get requests(): readonly RequestInFlight[] {
    if (!this.#response) return [];
    return [{ response: this.#response, since: this.#since }, ...(this.#details?.pipelined ?? [])];
  }

  begin(response: ServerResponse, now: number): void {
    if (this.#response) {
      const details = this.#detailed();
      details.hasPipelined = true;
      details.pipelined.push({ response, since: now });
      return;
    }
    this.#response = response;
    this.#since = Math.floor(now);
  }

  /** @returns when the request began */
  finish(response: ServerResponse, now: number): number {
    if (this.#details !== undefined) this.#details.quietSince = now;
    if (this.#response !== response) return this.#finishPipelined(response, now);
    const since = this.#since;
    const next = this.#details?.pipelined.shift();
    this.#response = next?.response ?? null;
    this.#since = Math.floor(next?.since ?? now);
    return since;
  }

  /** Those behind a request whose client is gone may end before it. */
  #finishPipelined(response: ServerResponse, now: number): number {
    const { pipelined } = this.#detailed();
    const rank = pipelined.findIndex((request) => request.response === response);
    const [finished] = rank === -1 ? [] : pipelined.splice(rank, 1);
    return finished?.since ?? now;
  }

  /** The response to its latest request, if that is in flight; only this one may end the connection. */
  get latest(): ServerResponse | undefined {
    return this.#details?.pipelined.at(-1)?.response ?? this.#response ?? undefined;
  }

  isLatest(response: ServerResponse): boolean {
    return this.latest === response;
  }

  /** Ends it so that no client takes what is in flight for whole. */
  destroy(): void {
    this.closedBy = this.isResting ? 'idle' : 'cut';
    if (this.isResting) this.socket.destroy();
    else cut(this.socket);
  }

  /** How long nothing has come or gone, in ms. Looks at the socket, so ask it again and again. */
  quietMs(now: number): number {
    const details = this.#detailed();
    const bytes = this.socket.bytesRead;
    if (bytes !== details.bytesSeen) {
      // The first look only learns the number; before it, the last response is what is known.
      if (details.bytesSeen > 0 || !this.used) details.quietSince = now;
      details.bytesSeen = bytes;
    }
    return now - details.quietSince;
  }

  #detailed(): Details {
    return (this.#details ??= {
      pipelined: [],
      hasPipelined: false,
      leavesAt: Infinity,
      closedBy: 'peer',
      quietSince: this.#since,
      bytesSeen: 0,
    });
  }
}

/** A plain end is how a response without length ends well; a reset cannot be mistaken for it. */
function cut(socket: Socket): void {
  try {
    if (!('encrypted' in socket)) socket.resetAndDestroy();
  } catch {
    // Only TCP has a reset: Node throws for the socket of a pipe.
  }
  socket.destroy();
}
