import type { Socket } from 'node:net';

/** The handle of libuv, which Node does not publish. */
interface WithHandle {
  readonly _handle?: { readonly writeQueueSize?: number; readStop?(): unknown } | null;
}

/**
 * A number that changes while a peer reads: the bytes to be written that the kernel has not taken.
 * One large write counts as unsent to its last byte, since only libuv knows the rest of it. HTTP/2
 * writes past the socket, so there only libuv knows.
 *
 * @returns 0 when all has been sent
 * @internal
 */
export function unsentBytes(socket: Socket): number {
  // oxlint-disable-next-line eslint/no-underscore-dangle -- the name is Node's
  const { _handle: handle } = socket as WithHandle;
  return socket.writableLength + (handle?.writeQueueSize ?? 0);
}

/**
 * Reads nothing more from a socket. `pause()` does not do it: HTTP/2 reads past the socket.
 *
 * @internal
 */
export function stopReading(socket: Socket): void {
  // oxlint-disable-next-line eslint/no-underscore-dangle -- the name is Node's
  (socket as WithHandle)._handle?.readStop?.();
}
