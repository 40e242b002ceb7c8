import { Server, type Socket } from 'node:net';
import { Server as TlsServer } from 'node:tls';

import { acceptQueueOf, emptyAcceptQueue } from '../../connections/accept-queue.js';
import { receiveWaitingBytes } from '../../connections/receive-waiting-bytes.js';
import type { Clock } from '../../shutdown/clock.js';
import { sleep } from '../../shutdown/within.js';
import type { PeerPatience } from './peer-patience.js';
import type { RpcCalls } from './rpc-calls.js';
import type { RpcServer } from './rpc-server.js';
import type { RpcTransport } from './rpc-transport.js';
import { TcpPeer } from './tcp-peer.js';

const LOOK_AGAIN_MS = 10;
/** How long a peer may take to close its side. */
const GOODBYE_MS = 500;

/**
 * TCP. Its protocol cannot tell a client to go, so a connection is ended in a pause of its client,
 * which opens another one elsewhere with its next message. Later bytes are not read: the client
 * sees the end, and does not wait for an answer.
 *
 * @internal
 */
export class TcpTransport implements RpcTransport {
  readonly #peers = new Map<Socket, TcpPeer>();
  #accepted = 0;
  #isOver = false;
  #dispose = () => {};

  constructor(
    private readonly server: Pick<RpcServer, 'driver' | 'retire'>,
    private readonly calls: RpcCalls,
    private readonly patience: () => PeerPatience,
    private readonly clock: Clock,
  ) {
    const listener = this.#listener;
    if (listener === undefined) return;
    const event = listener instanceof TlsServer ? 'secureConnection' : 'connection';
    const accept = (socket: Socket) => this.#accept(socket);
    listener.on(event, accept);
    this.#dispose = () => void listener.off(event, accept);
  }

  async stop(): Promise<void> {
    this.server.retire();
    const listener = this.#listener;
    if (listener?.listening) {
      const { leavesQueue, acceptMs } = this.patience();
      if (!leavesQueue) {
        const queue = acceptQueueOf(listener, () => this.#accepted);
        await emptyAcceptQueue(queue, acceptMs, this.clock);
      }
      listener.close();
    }
    await this.#hush();
  }

  /** Ends the open connections, and lets the peers close first. */
  async flush(): Promise<void> {
    for (const peer of this.#peers.values()) peer.end();
    const end = this.clock.now() + GOODBYE_MS;
    while (this.#peers.size > 0 && this.clock.now() < end) await sleep(this.clock, LOOK_AGAIN_MS);
    this.#dispose();
  }

  isGone(context: unknown): boolean {
    return socketOf(context)?.destroyed === true;
  }

  force(): void {
    this.#isOver = true;
    this.#dispose();
  }

  /** Until no connection is listened to any more. */
  async #hush(): Promise<void> {
    const { silenceMs, streamMs } = this.patience();
    const stoppedAt = this.clock.now();
    for (;;) {
      // The messages that the kernel holds are read, and their handlers begin.
      await receiveWaitingBytes(this.clock);
      const now = this.clock.now();
      const oldestCall = this.#oldestCalls();
      for (const peer of this.#peers.values()) {
        const since = oldestCall.get(peer.socket);
        if (since === undefined && peer.silentMs(now) >= silenceMs) peer.end();
        // The drain waits for earlier calls anyway.
        else if (since !== undefined && since <= stoppedAt) peer.heldUntil = now;
        else if (now - Math.max(peer.heldUntil, stoppedAt) >= streamMs) peer.mute();
      }
      const listening = [...this.#peers.values()].some(({ isMuted }) => !isMuted);
      if (!listening || this.#isOver) return;
      await sleep(this.clock, LOOK_AGAIN_MS);
    }
  }

  /** When the oldest call of each connection began. */
  #oldestCalls(): Map<Socket, number> {
    const oldest = new Map<Socket, number>();
    for (const { context, since } of this.calls.all) {
      const socket = socketOf(context);
      if (socket !== undefined && !oldest.has(socket)) oldest.set(socket, since);
    }
    return oldest;
  }

  #accept(socket: Socket): void {
    this.#accepted += 1;
    this.#peers.set(socket, new TcpPeer(socket, this.clock.now()));
    socket.once('close', () => this.#peers.delete(socket));
  }

  get #listener(): Server | undefined {
    const { driver } = this.server;
    return driver instanceof Server ? driver : undefined;
  }
}

/** The connection of a message. Nest's context knows it, through its own socket class. */
function socketOf(context: unknown): Socket | undefined {
  const message = context as { getSocketRef?(): { netSocket?: Socket } } | undefined;
  return message?.getSocketRef?.().netSocket;
}
