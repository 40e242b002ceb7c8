import type { Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';

import { Connection } from './connection.js';

/**
 * Connections whose TLS handshake is not finished, by their peer: the TLS socket does not tell which
 * TCP socket is below it.
 *
 * @internal
 */
export class Handshakes {
  readonly #pending = new Map<string, Connection>();

  /** @param onGone - called when one has gone before it was finished */
  constructor(private readonly onGone: () => void) {}

  get size(): number {
    return this.#pending.size;
  }

  connections(): Connection[] {
    return [...this.#pending.values()];
  }

  begin(socket: Socket, now: number): void {
    const connection = new Connection(socket, now);
    const key = peerOf(socket);
    this.#pending.set(key, connection);
    socket.once('close', () => {
      if (this.#pending.get(key) === connection) this.#pending.delete(key);
      this.onGone();
    });
  }

  finish(socket: TLSSocket): void {
    this.#pending.delete(peerOf(socket));
  }
}

/** The same for a TLS socket and the TCP socket below it. */
function peerOf({ remoteAddress, remotePort }: Socket): string {
  return `${remoteAddress} ${remotePort}`;
}
