import type { Socket } from 'node:net';

interface WithHandle {
  readonly _handle?: { readStop?(): unknown } | null;
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
