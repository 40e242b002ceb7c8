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
  /** More than one when the client pipelines. */
  readonly requests: RequestUnderWay[] = [];
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
    return this.requests.length === 0;
  }

  begin(response: ServerResponse, now: number): void {
    this.requests.push({ response, since: now });
    this.used = true;
  }

  /** @returns whether the request was under way */
  end(response: ServerResponse, now: number): boolean {
    if (!this.#remove(response)) return false;
    this.restsSince = now;
    this.#quietSince = now;
    return true;
  }

  #remove(response: ServerResponse): boolean {
    // Nearly always there is one; this runs for each request.
    if (this.isLatest(response)) return this.requests.pop() !== undefined;
    const index = this.requests.findIndex((request) => request.response === response);
    return index !== -1 && this.requests.splice(index, 1).length > 0;
  }

  /** Whether this is the response to its latest request; only that one may end the connection. */
  isLatest(response: ServerResponse): boolean {
    return this.requests.at(-1)?.response === response;
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
