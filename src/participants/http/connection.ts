import type { ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

/** A request whose response is not complete yet. @internal */
export interface RequestUnderWay {
  readonly response: ServerResponse;
  /** When its header had been read. */
  readonly since: number;
}

/**
 * One connection to an HTTP/1.1 server, and where it stands. Kept small: there is one per client.
 *
 * @internal
 */
export class Connection {
  /** The request under way, if any; in two fields, because this is written for each request. */
  #response: ServerResponse | undefined;
  #since = 0;
  /** Those behind it, when the client pipelines. */
  #pipelined: RequestUnderWay[] | undefined;
  /** Whether it ever carried a request. */
  used = false;
  /** From when on its responses say `Connection: close`. */
  leavesAt = Infinity;
  /** Since when it has had no request under way. */
  restsSince: number;
  #quietSince: number;
  #bytesSeen = 0;

  constructor(
    readonly socket: Socket,
    now: number,
  ) {
    this.restsSince = now;
    this.#quietSince = now;
  }

  get isResting(): boolean {
    return this.#response === undefined;
  }

  /** The requests under way, in the order they came. */
  get requests(): readonly RequestUnderWay[] {
    if (this.#response === undefined) return [];
    return [{ response: this.#response, since: this.#since }, ...(this.#pipelined ?? [])];
  }

  begin(response: ServerResponse, now: number): void {
    this.used = true;
    if (this.#response === undefined) this.#put(response, now);
    else (this.#pipelined ??= []).push({ response, since: now });
  }

  end(response: ServerResponse, now: number): void {
    if (this.#response === response) {
      const next = this.#pipelined?.shift();
      this.#put(next?.response, next?.since ?? 0);
    } else {
      // Those behind a request whose client is gone may end before it.
      this.#pipelined = this.#pipelined?.filter((request) => request.response !== response);
    }
    this.restsSince = now;
    this.#quietSince = now;
  }

  /** Whether this is the response to its latest request; only that one may end the connection. */
  isLatest(response: ServerResponse): boolean {
    return (this.#pipelined?.at(-1)?.response ?? this.#response) === response;
  }

  #put(response: ServerResponse | undefined, since: number): void {
    this.#response = response;
    this.#since = since;
  }

  /** How long nothing has come or gone, in ms. Looks at the socket, so ask it again and again. */
  quietMs(now: number): number {
    const bytes = this.socket.bytesRead;
    if (bytes !== this.#bytesSeen) {
      // The first look only learns the number; before it, the last response is what is known.
      if (this.#bytesSeen > 0 || !this.used) this.#quietSince = now;
      this.#bytesSeen = bytes;
    }
    return now - this.#quietSince;
  }
}
