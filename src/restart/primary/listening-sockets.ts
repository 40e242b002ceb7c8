import { rmSync } from 'node:fs';
import { constants } from 'node:os';

import {
  bind,
  type Errno,
  grant,
  type ListenHandle,
  type ListenQuery,
} from '../../sockets/bind.js';
import { describeAddress } from '../../sockets/describe-address.js';
import { isAbandoned } from '../../sockets/probe-socket.js';
import { isUnixSocket } from '../../sockets/redirect-listen.js';
import type { InheritedSockets } from '../../supervisors/inherited-sockets.js';

const EBADF = -constants.errno.EBADF;
const EADDRINUSE = -constants.errno.EADDRINUSE;

/**
 * The sockets that the workers accept from, held here so that they outlive every worker: clients
 * that connect while none is there wait in the accept queue, and are served by the next one.
 *
 * @internal
 */
export class ListeningSockets {
  readonly #sockets = new Map<string, Promise<ListenHandle | Errno>>();
  readonly #queries = new Map<string, ListenQuery>();
  readonly #inherited = new Set<string>();

  /** @param inherited - those that this process was started with */
  constructor(private readonly inherited?: Pick<InheritedSockets, 'take'>) {}

  /**
   * The same socket for the same wish, whichever worker has it.
   *
   * @param index - tells apart what one worker wants several times (port 0)
   */
  async take(query: ListenQuery, index: number): Promise<ListenHandle | Errno> {
    const key = keyOf(query, index);
    const known = this.#sockets.get(key);
    if (known !== undefined) return granted(await known, query);
    const socket = this.#inherit(query, key) ?? this.#open(query);
    this.#sockets.set(key, socket);
    this.#queries.set(key, query);
    // What could not be bound now may be free for the next worker.
    if (typeof (await socket) === 'number') this.#forget(key);
    return socket;
  }

  /** @returns what to do about a socket that could not be bound; empty where nobody can tell */
  advice(query: ListenQuery, error: Errno): string {
    if (error !== EADDRINUSE) return '';
    const own = [...this.#queries.values()].find(({ port }) => port > 0 && port === query.port);
    if (own === undefined) return '. Another process uses it, or this worker asked for it twice';
    if (describeAddress(own) === describeAddress(query)) {
      return '. This worker asked for it twice';
    }
    return (
      `. The running code listens on ${describeAddress(own)}: changing the address of a port takes ` +
      'a restart of the service'
    );
  }

  /**
   * Closes those that no worker has asked for: the new code listens elsewhere. What was inherited
   * stays, as it could not be had again.
   */
  retain(wanted: ReadonlySet<string>): void {
    for (const key of this.#sockets.keys()) {
      if (!wanted.has(key) && !this.#inherited.has(key)) this.#close(key);
    }
  }

  close(): void {
    for (const key of this.#sockets.keys()) this.#close(key);
  }

  #close(key: string): void {
    const socket = this.#sockets.get(key);
    this.#forget(key);
    void socket?.then((handle) => typeof handle === 'object' && handle.close());
  }

  #forget(key: string): void {
    this.#sockets.delete(key);
    this.#queries.delete(key);
  }

  #inherit(query: ListenQuery, key: string): Promise<ListenHandle> | undefined {
    const socket = this.inherited?.take(query);
    if (socket === undefined) return undefined;
    this.#inherited.add(key);
    return Promise.resolve(socket);
  }

  async #open(query: ListenQuery): Promise<ListenHandle | Errno> {
    // A descriptor of the worker's own would be another one here.
    if (query.fd !== undefined && query.fd >= 0) return EBADF;
    const socket = bind(query);
    if (socket !== EADDRINUSE || !isUnixSocket(query) || !(await isAbandoned(query.address))) {
      return socket;
    }
    // A killed process has left its file: nobody answers there.
    rmSync(query.address, { force: true });
    return bind(query);
  }
}

/** @internal */
export function keyOf(query: ListenQuery, index: number): string {
  const { address, port, addressType, flags, fd } = query;
  return JSON.stringify([address, port, addressType, flags, fd, index]);
}

/** The new code may open it to more. */
function granted(socket: ListenHandle | Errno, { access }: ListenQuery): ListenHandle | Errno {
  if (typeof socket === 'object' && access !== undefined) grant(socket, access);
  return socket;
}
