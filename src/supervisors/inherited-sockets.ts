import { fstatSync } from 'node:fs';
import { isIPv6, SocketAddress } from 'node:net';
import { resolve } from 'node:path';

import { bind, type ListenHandle, type ListenQuery } from '../sockets/bind.js';
import { invalidListenVariable } from './supervisors.errors.js';
import { unixSocketPath } from './unix-socket-path.js';

/** The first one after standard input, output and error. */
const FIRST_FD = 3;
const ANY_ADDRESS = 'any address';
/** The variables of systemd; the last one since systemd 259. */
const VARIABLES = ['LISTEN_FDS', 'LISTEN_PID', 'LISTEN_FDNAMES', 'LISTEN_PIDFDID'] as const;

/** A socket that the service manager holds and passes on: TCP, or Unix with a path. @internal */
export interface InheritedSocket {
  readonly fd: number;
  /** `FileDescriptorName=` of its unit; by default the name of the unit. */
  readonly name: string;
  readonly address?: string;
  readonly port?: number;
  readonly path?: string;
}

interface Held extends InheritedSocket {
  readonly handle: ListenHandle;
}

/**
 * The sockets that this process was started with: `sd_listen_fds(3)`. The service manager keeps
 * them open, so clients wait during a restart instead of being refused.
 *
 * @internal
 */
export class InheritedSockets {
  readonly #sockets: readonly Held[];
  readonly #unused: Set<Held>;

  private constructor(sockets: readonly Held[]) {
    this.#sockets = sockets;
    this.#unused = new Set(sockets);
  }

  /**
   * Removes the variables from `env`, because the sockets are for this process and not for its
   * children.
   *
   * @returns undefined if none were passed to this process
   * @throws GracefulShutdownError `ERR_SUPERVISOR_INVALID_LISTEN_VARIABLE`
   */
  static fromEnvironment(env: NodeJS.ProcessEnv, pid = process.pid): InheritedSockets | undefined {
    const { LISTEN_FDS: fds, LISTEN_PID: forPid, LISTEN_FDNAMES: fdNames } = env;
    if (!fds || !forPid) return undefined;
    if (numberOf('LISTEN_PID', forPid) !== pid) return undefined;
    const count = numberOf('LISTEN_FDS', fds);
    const names = fdNames ? fdNames.split(':') : [];
    if (names.length > 0 && names.length !== count) {
      throw invalidListenVariable(
        'LISTEN_FDNAMES',
        fdNames!,
        `${count} names, separated by colons`,
      );
    }
    for (const name of VARIABLES) delete env[name];
    const sockets = Array.from({ length: count }, (_, i) => open(FIRST_FD + i, names[i], fds));
    const held = sockets.filter((socket) => socket !== undefined);
    return held.length > 0 ? new InheritedSockets(held) : undefined;
  }

  get all(): readonly InheritedSocket[] {
    return this.#sockets;
  }

  /** The sockets that no server has asked for. */
  get unused(): readonly InheritedSocket[] {
    return [...this.#unused];
  }

  /**
   * Each socket is handed out once; a caller that shares it keeps the handle.
   *
   * @returns the bound socket for what a server wants to listen on, if there is one
   */
  take(query: ListenQuery): ListenHandle | undefined {
    const socket = this.#find(query);
    if (socket === undefined) return undefined;
    this.#unused.delete(socket);
    return socket.handle;
  }

  #find(query: ListenQuery): Held | undefined {
    const unused = [...this.#unused];
    const { fd } = query;
    if (fd !== undefined && fd >= 0) return unused.find((socket) => socket.fd === fd);
    if (query.port < 0) return unused.find(({ path }) => path === pathOf(query));
    const samePort = unused.filter(({ port }) => port === query.port);
    const exact = samePort.find(({ address }) => address === query.address);
    const wanted = comparable(query.address);
    return exact ?? samePort.find(({ address }) => comparable(address) === wanted);
  }
}

/** @returns the name of the socket for an operator @internal */
export function describeSocket({ fd, name, address, port, path }: InheritedSocket): string {
  const host = isIPv6(address ?? '') ? `[${address}]` : address;
  return `${path ?? (port === undefined ? `file descriptor ${fd}` : `${host}:${port}`)} (${name})`;
}

/** @returns undefined if no server can listen on it: datagrams, pipes, files */
function open(fd: number, name = 'unknown', count: string): Held | undefined {
  if (!isSocket(fd, count)) return undefined;
  const handle = handleOf(fd);
  if (handle === undefined) return undefined;
  const bound: { address?: string; port?: number } = {};
  handle.getsockname?.(bound);
  const { address, port } = bound;
  if (address !== undefined && port !== undefined) return { fd, name, handle, address, port };
  const path = unixSocketPath(fd);
  return path === undefined ? { fd, name, handle } : { fd, name, handle, path };
}

function isSocket(fd: number, count: string): boolean {
  try {
    return fstatSync(fd).isSocket();
  } catch {
    const wanted = `the number of sockets passed; there is none at ${fd}`;
    throw invalidListenVariable('LISTEN_FDS', count, wanted);
  }
}

function handleOf(fd: number): ListenHandle | undefined {
  try {
    const handle = bind({ address: null, port: 0, addressType: 0, fd });
    return typeof handle === 'number' ? undefined : handle;
  } catch {
    // Node knows streams only.
    return undefined;
  }
}

function numberOf(name: string, value: string): number {
  if (!/^\d{1,9}$/.test(value)) throw invalidListenVariable(name, value, 'a whole number');
  return Number(value);
}

/** An IPv6 socket bound to any address takes IPv4, too; Node prefers it. */
function comparable(address: string | null | undefined): string {
  if (!address) return ANY_ADDRESS;
  const plain = isIPv6(address) ? new SocketAddress({ address, family: 'ipv6' }).address : address;
  return plain === '::' || plain === '0.0.0.0' ? ANY_ADDRESS : plain;
}

function pathOf({ address }: ListenQuery): string {
  const path = address ?? '';
  return path.startsWith('\0') ? `@${path.slice(1)}` : resolve(path);
}
