import type { ServerHttp2Session } from 'node:http2';
import { Server } from 'node:net';

import { acceptQueueOf, emptyAcceptQueue } from '../../connections/accept-queue.js';
import { closeListener } from '../../connections/close-listener.js';
import { forEachAlone } from '../../connections/for-each-alone.js';
import { sendGoaways } from '../../connections/send-goaways.js';
import type { Clock } from '../../shutdown/clock.js';
import { sleep, within } from '../../shutdown/within.js';
import { GrpcPeer } from './grpc-peer.js';
import type { PeerPatience } from './peer-patience.js';
import type { RpcServer } from './rpc-server.js';
import type { RpcTransport } from './rpc-transport.js';

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
    private readonly server: Pick<RpcServer, 'driver'>,
    private readonly patience: () => PeerPatience,
    private readonly clock: Clock,
  ) {}

  async stop(): Promise<void> {
    const { grpc } = this;
    if (grpc === undefined) return;
    const { leavesQueue, acceptMs, lingerMs } = this.patience();
    await Promise.all(
      listenersOf(grpc).map((listener) =>
        stopListening(listener, leavesQueue ? 0 : acceptMs, this.clock),
      ),
    );
    const sessions = sessionsOf(grpc);
    this.#peers = sessions?.map((session) => new GrpcPeer(session));
    await Promise.all((sessions ?? []).map((session) => sendGoaways(session, this.clock)));
    if (sessions !== undefined && sessions.length > 0) await sleep(this.clock, lingerMs);
    if (this.#isOver) return;
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

  /** Nest itself ends the stream of a caller that has gone. */
  isGone(): boolean {
    return false;
  }

  force(): void {
    this.#isOver = true;
    this.grpc?.forceShutdown();
  }

  private get grpc(): GrpcServer | undefined {
    return this.server.driver as GrpcServer | undefined;
  }
}

/** A client that is told to go while somebody still listens would come right back. */
async function stopListening(listener: Server, acceptMs: number, clock: Clock): Promise<void> {
  if (!listener.listening) return;
  let accepted = 0;
  const count = () => void (accepted += 1);
  listener.on('connection', count);
  const queue = acceptQueueOf(listener, () => accepted);
  if (acceptMs > 0) await emptyAcceptQueue(queue, acceptMs, clock);
  listener.off('connection', count);
  closeListener(listener);
}

function listenersOf({ http2Servers }: GrpcServer): Server[] {
  return http2Servers instanceof Map
    ? [...(http2Servers as Map<unknown, unknown>).keys()].filter((one) => one instanceof Server)
    : [];
}

function sessionsOf({ http2Servers }: GrpcServer): ServerHttp2Session[] | undefined {
  if (!(http2Servers instanceof Map)) return undefined;
  const servers = [...http2Servers.values()] as { readonly sessions?: unknown }[];
  return servers.flatMap(({ sessions }) =>
    sessions instanceof Set ? [...(sessions as Set<ServerHttp2Session>)] : [],
  );
}
