import type { Http2Stream, ServerHttp2Session } from 'node:http2';
import type { Socket } from 'node:net';

import { openStreams } from '../../connections/open-streams.js';
import { sendGoaways } from '../../connections/send-goaways.js';
import { stopReading, unsentBytes } from '../../connections/socket-handle.js';
import type { ClosedBy, TrafficConnection } from '../../connections/traffic.js';
import type { Clock } from '../../shutdown/clock.js';

/** How long a client may take to close its side of a connection. */
const PEER_MS = 200;
/** How long an announced session may stay without progress. */
const STALLED_MS = 1000;

/**
 * One HTTP/2 connection and its requests in flight.
 *
 * @internal
 */
export class Session implements TrafficConnection {
  readonly protocol = 'h2';
  requests = 0;
  /** Marks a request as released: nobody waits for it any more. */
  hasReleased = false;
  /** Who would be the one to close it now. */
  closedBy: ClosedBy = 'peer';
  #isTold = false;
  #isCut = false;
  #overSince: number | undefined;
  /** Since when it has made no progress. */
  #stillSince: number | undefined;
  #moved = 0;
  #cancelClose: (() => void) | undefined;

  constructor(
    private readonly session: ServerHttp2Session,
    private readonly socket: Socket,
    private readonly clock: Clock,
  ) {}

  get remoteAddress(): string | undefined {
    return this.socket.remoteAddress;
  }

  /** Whether nobody waits for it. */
  get isReleased(): boolean {
    return this.hasReleased && this.requests === 0;
  }

  /**
   * Tells the client to send its next request elsewhere, and ends with the last request in flight.
   *
   * @param lingerMs - how long bytes on the wire may take to arrive: a connection that is closed
   * over unread bytes is reset, and the reset erases the GOAWAY on its way to the client
   */
  leave(lingerMs: number): void {
    if (this.#isTold) return;
    this.#isTold = true;
    this.closedBy = 'announced';
    void this.#goAfter(lingerMs);
  }

  /**
   * Closed before its GOAWAY is written, a session still begins requests, which Node refuses, and
   * ends itself in the middle of what it reads. Up to version 1.68 nghttp2 then aborts the process
   * when another frame has a wrong length (CVE-2026-27135; Node 20 has 1.61).
   */
  async #goAfter(lingerMs: number): Promise<void> {
    await sendGoaways(this.session, this.clock);
    await this.clock.turn();
    if (this.#isCut || this.session.destroyed) return;
    this.#cancelClose = this.clock.after(lingerMs, () => this.session.close());
  }

  /** The open streams: requests, pushes, tunnels. Undefined if Node does not tell. */
  get streams(): readonly Http2Stream[] | undefined {
    return openStreams(this.session);
  }

  /** Node ends its own side of the connection, then waits forever for the client's. */
  closeIfOver(): void {
    const now = this.clock.now();
    if (!this.session.destroyed) {
      if (this.#isStalled(now)) this.cut();
      return;
    }
    if (!this.socket.writableFinished) return;
    this.#overSince ??= now;
    if (now - this.#overSince >= PEER_MS) this.socket.destroy();
  }

  /**
   * An announced session ends with its last stream, with two exceptions. If the client has sent
   * half a header, there is no stream yet, and Node closes the session only when one ends. If the
   * client has broken the protocol, nghttp2 neither reads nor writes any more, and Node 20 keeps
   * the session forever, with answers that wait in it while the socket has nothing left to send.
   */
  #isStalled(now: number): boolean {
    const unsent = unsentBytes(this.socket);
    const isIdle = this.requests === 0 && this.streams?.length === 0;
    const isBroken = unsent === 0 && (this.session.state.outboundQueueSize ?? 0) > 0;
    const isStill = this.session.closed && (isIdle || isBroken);
    const moved = this.socket.bytesWritten - unsent;
    if (!isStill || moved !== this.#moved) this.#stillSince = undefined;
    this.#moved = moved;
    if (isStill) this.#stillSince ??= now;
    return now - (this.#stillSince ?? now) >= STALLED_MS;
  }

  /** Ends it once everything written has been sent, or after a short while. */
  cut(): void {
    if (this.requests > 0) this.closedBy = 'cut';
    if (this.#isCut) return;
    this.#isCut = true;
    this.#cancelClose?.();
    // No incoming frame may end the session while it is read: see `#goAfter`.
    stopReading(this.socket);
    this.session.close();
    const cancel = this.clock.after(PEER_MS, () => {
      this.session.destroy();
      this.socket.destroy();
    });
    this.socket.once('close', cancel);
  }
}
