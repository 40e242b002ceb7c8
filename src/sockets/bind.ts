import net from 'node:net';
import { constants } from 'node:os';

/**
 * The address that a server wants to listen on, in the form of Node's cluster. No port means a Unix
 * socket.
 *
 * @internal
 */
export interface ListenQuery {
  readonly address: string | null;
  readonly port: number;
  readonly addressType: number;
  readonly flags?: number;
  /** The descriptor of a socket that this process has inherited. */
  readonly fd?: number;
  /** Who may connect to a Unix socket; undefined if Node sets it. */
  readonly access?: SocketAccess;
}

/** The permissions that a server asks for on its Unix socket. @internal */
export interface SocketAccess {
  /** Of the process that listens; the mode of the file is what it leaves. */
  readonly umask: number;
  readonly readableAll: boolean;
  readonly writableAll: boolean;
}

/** A bound socket, below Node's servers. @internal */
export interface ListenHandle {
  listen(backlog: number): number;
  close(): void;
  getsockname?(out: { address?: string; port?: number }): number;
  /** Of Unix sockets: adds to the mode of the file. */
  fchmod?(mode: number): Errno;
}

/** An error of the system, as libuv numbers it; below 0. @internal */
export type Errno = number;

/** The length of `sun_path` in bytes, less its zero: unix(7), and unix(4) of macOS. @internal */
export const LONGEST_SOCKET_PATH = process.platform === 'linux' ? 107 : 103;

const EADDRINUSE = -constants.errno.EADDRINUSE;
/** uv.h */
const UV_READABLE = 1;
const UV_WRITABLE = 2;

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
 * Binds a socket without listening on it. Node only publishes both at once, and a listening process
 * accepts. This is what `node:cluster` binds with, the same from Node 20 to 24.
 *
 * @internal
 */
export function bind(query: ListenQuery): ListenHandle | Errno {
  const { port, access } = query;
  if (access !== undefined) return bindFor(access, query);
  const handle = create(query);
  if (typeof handle === 'number' || port <= 0 || portOf(handle) === port) return handle;
  // libuv reports a port in use only at listen(), and would then listen on another one.
  handle.close();
  return EADDRINUSE;
}

/** The file is made in the call, and with no moment in which it has another mode. */
function bindFor(access: SocketAccess, query: ListenQuery): ListenHandle | Errno {
  const before = process.umask();
  // Not in a worker thread, where it is the same anyway.
  if (before !== access.umask) process.umask(access.umask);
  try {
    const handle = create(query);
    if (typeof handle === 'number') return handle;
    const error = grant(handle, access);
    if (error === 0) return handle;
    handle.close();
    return error;
  } finally {
    if (before !== access.umask) process.umask(before);
  }
}

/** Node does this itself where it has the handle at once. @returns 0, or an error @internal */
export function grant(handle: ListenHandle, access: SocketAccess): Errno {
  const mode = (access.readableAll ? UV_READABLE : 0) | (access.writableAll ? UV_WRITABLE : 0);
  return mode === 0 ? 0 : (handle.fchmod?.(mode) ?? 0);
}

function create({ address, port, addressType, flags, fd }: ListenQuery): ListenHandle | Errno {
  const binder = net as unknown as Binder;
  // oxlint-disable-next-line eslint/no-underscore-dangle -- the name is Node's
  return binder._createServerHandle(address, port, addressType, fd, flags);
}

function portOf(handle: ListenHandle): number | undefined {
  const out: { port?: number } = {};
  handle.getsockname?.(out);
  return out.port;
}
