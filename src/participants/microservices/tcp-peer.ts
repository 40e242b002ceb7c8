import type { Socket } from 'node:net';

/**
 * A connection to a TCP microservice, while it is brought to its end.
 *
 * @internal
 */
export class TcpPeer {
  /** When the last call ended that had begun before the drain. */
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

  /** Whether its messages reach nobody any more. */
  get isMuted(): boolean {
    return this.#isMuted;
  }

  /** For how long no byte has come, as far as anybody looked. */
  silentMs(now: number): number {
    if (this.socket.bytesRead !== this.#bytesSeen) {
      this.#bytesSeen = this.socket.bytesRead;
      this.#silentSince = now;
    }
    return now - this.#silentSince;
  }

  /** Reads no further, so that the client notices. */
  mute(): void {
    this.#isMuted = true;
    for (const listener of this.socket.listeners('data'))
      this.socket.off('data', listener as never);
    this.socket.pause();
  }

  /** Ends it when what was written is out. */
  end(): void {
    if (this.socket.writableEnded) return;
    this.mute();
    this.socket.end();
    // Unread bytes would turn the end into a reset, which may overtake the last reply.
    this.socket.resume();
  }
}
