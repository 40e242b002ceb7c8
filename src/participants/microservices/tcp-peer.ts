import type { Socket } from 'node:net';

/**
 * A connection to a TCP microservice that is being ended.
 *
 * @internal
 */
export class TcpPeer {
  /** When the last call from before the drain ended. */
  heldUntil = 0;
  #silentSince: number;
  #bytesSeen = 0;
  #isMuted = false;

  constructor(
    readonly socket: Socket,
    now: number,
  ) {
    this.#silentSince = now;
  }

  /** Whether its messages are no longer read. */
  get isMuted(): boolean {
    return this.#isMuted;
  }

  /** How long no byte has come, as seen by polling. */
  silentMs(now: number): number {
    if (this.socket.bytesRead !== this.#bytesSeen) {
      this.#bytesSeen = this.socket.bytesRead;
      this.#silentSince = now;
    }
    return now - this.#silentSince;
  }

  /** Stops reading, so that the client notices. */
  mute(): void {
    this.#isMuted = true;
    for (const listener of this.socket.listeners('data'))
      this.socket.off('data', listener as never);
    this.socket.pause();
  }

  /** Ends it once everything written has been sent. */
  end(): void {
    if (this.socket.writableEnded) return;
    this.mute();
    this.socket.end();
    // Unread bytes would turn the end into a reset, which may overtake the last reply.
    this.socket.resume();
  }
}
