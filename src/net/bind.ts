import net from 'node:net';
import { constants } from 'node:os';

/**
 * What a server wants to listen on, in the words of Node's cluster. No port means a Unix socket.
 *
 * @internal
 */
export interface ListenQuery {
  readonly address: string | null;
  readonly port: number;
  readonly addressType: number;
  readonly flags?: number;
  /** Of a socket that this process has inherited. */
  readonly fd?: number;
}

/** A bound socket, below Node's servers. @internal */
export interface ListenHandle {
  listen(backlog: number): number;
  close(): void;
  getsockname?(out: { address?: string; port?: number }): number;
}

/** An error of the system, as libuv numbers it; below 0. @internal */
export type Errno = number;

const EADDRINUSE = -constants.errno.EADDRINUSE;

interface Binder {
  _createServerHandle(
    address: string | null,
    port: number,
    addressType: number,
    fd?: number,
    flags?: number,
  ): ListenHandle | Errno;
}

/**
 * Binds a socket without listening on it. Node publishes only both at once, and whoever listens
 * accepts. This is what `node:cluster` binds with, the same from Node 20 to 24.
 *
 * @internal
 */
export function bind({ address, port, addressType, flags, fd }: ListenQuery): ListenHandle | Errno {
  const binder = net as unknown as Binder;
  // oxlint-disable-next-line eslint/no-underscore-dangle -- the name is Node's
  const handle = binder._createServerHandle(address, port, addressType, fd, flags);
  if (typeof handle === 'number' || port <= 0 || portOf(handle) === port) return handle;
  // libuv tells of a port in use only when it is listened on, and would listen on another one.
  handle.close();
  return EADDRINUSE;
}

function portOf(handle: ListenHandle): number | undefined {
  const out: { port?: number } = {};
  handle.getsockname?.(out);
  return out.port;
}
