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
 * The sockets that the workers accept from. The primary holds them so that they outlive every
 * worker: clients that connect while there is none wait in the accept queue for the next one.
 *
 * @internal
 */
export class ListeningSockets {
  readonly #sockets = new Map<string, Promise<ListenHandle | Errno>>();
  readonly #queries = new Map<string, ListenQuery>();
  readonly #inherited = new Set<string>();

  /** @param inherited - the sockets that this process was started with */
  constructor(private readonly inherited?: Pick<InheritedSockets, 'take'>) {}

  /**
   * Returns the same socket for the same address, for every worker.
   *
   * @param index - tells apart equal addresses of one worker (port 0)
   */
  async take(query: ListenQuery, index: number): Promise<ListenHandle | Errno> {
    const key = keyOf(query, index);
    const known = this.#sockets.get(key);
    if (known !== undefined) return granted(await known, query);
    const socket = this.#inherit(query, key) ?? this.#open(query);
    this.#sockets.set(key, socket);
    this.#queries.set(key, query);
    // An address that could not be bound now may be free for the next worker.
    if (typeof (await socket) === 'number') this.#forget(key);
    return socket;
  }

  /** @returns advice about a socket that could not be bound; empty if there is none */
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
   * Closes the sockets that no worker uses: the new code listens elsewhere. Inherited sockets stay,
   * because they could not be bound again.
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
    // A descriptor number of the worker means another file here.
    if (query.fd !== undefined && query.fd >= 0) return EBADF;
    const socket = bind(query);
    if (socket !== EADDRINUSE || !isUnixSocket(query) || !(await isAbandoned(query.address))) {
      return socket;
    }
    // A killed process has left its file, where nobody answers.
    rmSync(query.address, { force: true });
    return bind(query);
  }
}

/** @internal */
export function keyOf(query: ListenQuery, index: number): string {
  const { address, port, addressType, flags, fd } = query;
  return JSON.stringify([address, port, addressType, flags, fd, index]);
}

/** The new code may open it to more users. */
function granted(socket: ListenHandle | Errno, { access }: ListenQuery): ListenHandle | Errno {
  if (typeof socket === 'object' && access !== undefined) grant(socket, access);
  return socket;
}
