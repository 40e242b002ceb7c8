import type { ServerHttp2Session } from 'node:http2';

import { openStreams } from '../../connections/open-streams.js';

/** How long a client may take to close its side of a connection. */
const PEER_MS = 200;
/** How long one may stay that has no call: it has sent half a header, or is gone. */
const STALLED_MS = 1000;

/**
 * A connection of a gRPC server that has been told to go.
 *
 * @internal
 */
export class GrpcPeer {
  readonly #destroySocket: () => void;
  #idleSince: number | undefined;

  /** Before it is told: afterwards Node no longer says which socket it has. */
  constructor(private readonly session: ServerHttp2Session) {
    // The only end of a socket that an HTTP/2 session lets others call.
    const destroySoon: unknown = session.destroyed
      ? undefined
      : Reflect.get(session.socket, 'destroySoon');
    this.#destroySocket =
      typeof destroySoon === 'function' ? (destroySoon as () => void) : () => {};
  }

  /** Whether nothing is left to wait for; look again and again. */
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
