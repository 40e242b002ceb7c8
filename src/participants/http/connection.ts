import type { ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

/**
 * One connection to an HTTP/1.1 server, and where it stands. Kept small: there is one per client.
 *
 * @internal
 */
export class Connection {
  /** Requests without a complete response; more than one when the client pipelines. */
  underWay = 0;
  /** Whether it ever carried a request. */
  used = false;
  /** The response to its latest request; only this one may end the connection. */
  latest: ServerResponse | undefined;
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

  begin(response: ServerResponse): void {
    this.underWay += 1;
    this.used = true;
    this.latest = response;
  }

  end(response: ServerResponse, now: number): void {
    this.underWay -= 1;
    this.restsSince = now;
    this.#quietSince = now;
    if (this.latest === response) this.latest = undefined;
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
