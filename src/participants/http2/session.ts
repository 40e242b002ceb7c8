import type { Http2Stream, ServerHttp2Session } from 'node:http2';
import type { Socket } from 'node:net';

import { openStreams } from '../../connections/open-streams.js';
import { stopReading } from '../../connections/stop-reading.js';
import type { ClosedBy, TrafficConnection } from '../../connections/traffic.js';
import { unsentBytes } from '../../connections/unsent-bytes.js';
import type { Clock } from '../../shutdown/clock.js';

/** How long a client may take to close its side of a connection that is over. */
const PEER_MS = 200;
/** How long one may stay that was told to go, and on which nothing moves that could end it. */
const STALLED_MS = 1000;
const NO_ERROR = 0;
/** As the last stream of a GOAWAY: none of those that have been read by now is refused. */
const EVERY_STREAM = 2 ** 31 - 1;

/**
 * One HTTP/2 connection, and how many requests are in flight on it.
 *
 * @internal
 */
export class Session implements TrafficConnection {
  readonly protocol = 'h2';
  requests = 0;
  /** Has a request that nobody waits for any more. */
  hasReleased = false;
  /** Who closes it, if it is closed now. */
  closedBy: ClosedBy = 'peer';
  #isTold = false;
  #isCut = false;
  #overSince: number | undefined;
  /** Since when nothing has moved on it, and nothing will. */
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
   * Tells the client to go elsewhere with its next request, and ends when what runs has ended.
   *
   * @param lingerMs - how long what is on the wire already may take to arrive: closed over unread
   * bytes, a connection is reset, and the reset erases the GOAWAY on its way to the client
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
    await this.#sendGoaways();
    await this.clock.turn();
    if (this.#isCut || this.session.destroyed) return;
    this.#cancelClose = this.clock.after(lingerMs, () => this.session.close());
  }

  /** What is open on it: requests, pushes, tunnels. Undefined where Node does not tell. */
  get streams(): readonly Http2Stream[] | undefined {
    return openStreams(this.session);
  }

  /** Node ends its own side of the connection, and then waits for the client's for ever. */
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
   * Told to go, it ends with its last stream. Unless the client has sent half a header: what nghttp2
   * waits for then is no stream yet, and Node closes the session only when one ends. Or the client
   * has broken the protocol: then nghttp2 neither reads nor writes any more, and Node 20 keeps the
   * session for ever, with answers that wait in it while the socket has nothing left to send.
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

  /** Ends it as soon as what is written has gone, or before long in any case. */
  cut(): void {
    if (this.requests > 0) this.closedBy = 'cut';
    if (this.#isCut) return;
    this.#isCut = true;
    this.#cancelClose?.();
    // Nothing that comes now may end the session while it is read: see `#goAfter`.
    stopReading(this.socket);
    this.session.close();
    const cancel = this.clock.after(PEER_MS, () => {
      this.session.destroy();
      this.socket.destroy();
    });
    this.socket.once('close', cancel);
  }

  /**
   * The last GOAWAY names the last request that is answered, so the client may send those after it
   * again, whatever their method.
   *
   * Node sends a GOAWAY a turn of the loop after it has written down which stream is the last one,
   * and then resets what it has read in between, whose handlers run. Once a GOAWAY is sent, nghttp2
   * begins no request any more, whatever it says. So the first one says nothing, and the second
   * one, with nothing in between, says the truth.
   */
  async #sendGoaways(): Promise<void> {
    if (this.session.destroyed) return;
    this.session.goaway(NO_ERROR, EVERY_STREAM);
    await this.clock.turn();
    if (this.session.closed || this.session.destroyed) return;
    // Behind what a client does not read. Closing the session sends the second one, too.
    if ((this.session.state.outboundQueueSize ?? 0) > 0) return;
    this.session.goaway();
  }
}
