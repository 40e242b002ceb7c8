import type { Socket } from 'node:net';

interface WithHandle {
  readonly _handle?: { readonly writeQueueSize?: number } | null;
}

/**
 * A number that changes as long as a peer reads: what is to be written, and how much of it the
 * kernel has not taken. One large write counts as unsent to its last byte; what is left of it only
 * libuv knows, and for HTTP/2, which writes past the socket, only libuv knows of any.
 *
 * @returns 0 when all has been sent
 * @internal
 */
export function unsentBytes(socket: Socket): number {
  // oxlint-disable-next-line eslint/no-underscore-dangle -- the name is Node's
  const { _handle: handle } = socket as WithHandle;
  return socket.writableLength + (handle?.writeQueueSize ?? 0);
}
