import type { Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';

import { Connection } from './connection.js';

/**
 * Connections whose TLS handshake is not finished.
 *
 * @internal
 */
export class Handshakes {
  readonly #pending = new Map<Socket, Connection>();

  /** @param onGone - called when a connection closes before its handshake is finished */
  constructor(private readonly onGone: () => void) {}

  get size(): number {
    return this.#pending.size;
  }

  connections(): Connection[] {
    return [...this.#pending.values()];
  }

  begin(socket: Socket, now: number): void {
    this.#pending.set(socket, new Connection(socket, now));
    socket.once('close', () => {
      this.#pending.delete(socket);
      this.onGone();
    });
  }

  finish(socket: TLSSocket): void {
    const below = this.#below(socket);
    if (below !== undefined) this.#pending.delete(below);
  }

  /**
   * Node does not publish which socket is below a TLS socket. It is `_parent` from Node 20 to 24;
   * without it, the two are matched by the address of their peer, which a Unix socket does not
   * have.
   */
  #below(socket: TLSSocket): Socket | undefined {
    const { _parent: parent } = socket as unknown as { readonly _parent?: Socket };
    if (parent !== undefined && this.#pending.has(parent)) return parent;
    const { remoteAddress, remotePort } = socket;
    if (remoteAddress === undefined) return undefined;
    return [...this.#pending.keys()].find(
      (other) => other.remotePort === remotePort && other.remoteAddress === remoteAddress,
    );
  }
}
