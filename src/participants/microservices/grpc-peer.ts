import type { ServerHttp2Session } from 'node:http2';

import { openStreams } from '../../connections/open-streams.js';

/** How long a client may take to close its side of a connection. */
const PEER_MS = 200;
/** How long a connection without a call may stay: its client has sent half a header, or is gone. */
const STALLED_MS = 1000;

/**
 * A connection of a gRPC server that has been told to go.
 *
 * @internal
 */
export class GrpcPeer {
  readonly #destroySocket: () => void;
  #idleSince: number | undefined;

  /** Read before the GOAWAY: afterwards Node hides the socket. */
  constructor(private readonly session: ServerHttp2Session) {
    // The only way to end a socket that an HTTP/2 session allows.
    const destroySoon: unknown = session.destroyed
      ? undefined
      : Reflect.get(session.socket, 'destroySoon');
    this.#destroySocket =
      typeof destroySoon === 'function' ? (destroySoon as () => void) : () => {};
  }

  /** Whether nothing is left to wait for. Must be polled. */
  isOver(now: number): boolean {
    const { destroyed } = this.session;
    const isIdle = destroyed || openStreams(this.session)?.length === 0;
    this.#idleSince = isIdle ? (this.#idleSince ?? now) : undefined;
    return now - (this.#idleSince ?? now) >= (destroyed ? PEER_MS : STALLED_MS);
  }

  end(): void {
    this.session.destroy();
    this.#destroySocket();
  }
}
