import type { ServerHttp2Session } from 'node:http2';

import { forEachAlone } from '../../connections/for-each-alone.js';
import type { Clock } from '../../shutdown/clock.js';
import { within } from '../../shutdown/within.js';
import { GrpcPeer } from './grpc-peer.js';
import type { RpcServerLike, RpcTransport } from './rpc-transport.js';

const LOOK_AGAIN_MS = 50;

/** The part of a grpc-js server that is used here. */
interface GrpcServer {
  tryShutdown(callback: (error?: Error) => void): void;
  forceShutdown(): void;
  /** Not published; the same from 1.3 on. */
  readonly http2Servers?: unknown;
}

/**
 * gRPC tells its clients to go elsewhere (GOAWAY), and ends a connection with its last call. Its
 * own count of calls is awaited: it includes calls that never reach a handler, and streams that are
 * still being written.
 *
 * The server itself would also wait for a silent or vanished peer without a call.
 *
 * @internal
 */
export class GrpcTransport implements RpcTransport {
  #shutdown: Promise<void> | undefined;
  /** Undefined if the server does not tell. */
  #peers: readonly GrpcPeer[] | undefined;
  #isOver = false;

  constructor(
    private readonly server: Pick<RpcServerLike, 'driver'>,
    private readonly clock: Clock,
  ) {}

  async stop(): Promise<void> {
    const { grpc } = this;
    if (grpc === undefined) return;
    this.#peers = sessionsOf(grpc)?.map((session) => new GrpcPeer(session));
    this.#shutdown = new Promise((resolve, reject) => {
      grpc.tryShutdown((error) => (error === undefined ? resolve() : reject(error)));
    });
    this.#shutdown.catch(() => {});
  }

  async flush(): Promise<void> {
    if (this.#shutdown === undefined) return;
    while (!this.#isOver && !(await within(this.clock, LOOK_AGAIN_MS, this.#shutdown))) {
      const now = this.clock.now();
      // No short circuit: each peer is timed by being polled.
      const staying = this.#peers?.filter((peer) => !peer.isOver(now));
      if (staying?.length !== 0) continue;
      forEachAlone(this.#peers ?? [], (peer) => peer.end());
      // The remaining connections have not finished their TLS handshake; only the server waits for
      // them.
      return;
    }
    if (!this.#isOver) await this.#shutdown;
  }

  force(): void {
    this.#isOver = true;
    this.grpc?.forceShutdown();
  }

  private get grpc(): GrpcServer | undefined {
    return this.server.driver as GrpcServer | undefined;
  }
}

function sessionsOf({ http2Servers }: GrpcServer): ServerHttp2Session[] | undefined {
  if (!(http2Servers instanceof Map)) return undefined;
  const servers = [...http2Servers.values()] as { readonly sessions?: unknown }[];
  return servers.flatMap(({ sessions }) =>
    sessions instanceof Set ? [...(sessions as Set<ServerHttp2Session>)] : [],
  );
}
