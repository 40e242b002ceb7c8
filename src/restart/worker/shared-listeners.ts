import type { Server } from 'node:net';
import { constants } from 'node:os';
import { getSystemErrorName } from 'node:util';

import type { Errno, ListenHandle, ListenQuery } from '../../sockets/bind.js';
import { describeListenError } from '../../sockets/describe-address.js';
import type { PrimaryLink } from './primary-link.js';

/**
 * The sockets that this worker listens on, all of them bound by the primary. Until the worker is
 * ready, its servers only appear to listen: the kernel may give a connection to any process that
 * listens on the socket.
 *
 * @internal
 */
export class SharedListeners {
  readonly #taken = new Set<string>();
  readonly #held = new Map<ListenHandle, () => string | undefined>();
  /** Servers whose last attempt failed. A server may try again, or elsewhere. */
  readonly #failed = new Map<Server, string>();
  #isOpen = false;

  constructor(private readonly link: Pick<PrimaryLink, 'bind' | 'hold'>) {}

  /** Why a server does not listen; undefined if all do. */
  get failure(): string | undefined {
    const [reason] = this.#failed.values();
    return reason;
  }

  /** The source of the sockets for the servers of this worker. */
  async take(query: ListenQuery, server: Server): Promise<ListenHandle | Errno> {
    const found = await this.#take(query, server);
    if (typeof found === 'number') this.#failed.set(server, describeListenError(query, found));
    else this.#failed.delete(server);
    return found;
  }

  async #take(query: ListenQuery, server: Server): Promise<ListenHandle | Errno> {
    const { address, port, addressType, flags, fd, access } = query;
    const index = this.#freeIndex(query);
    // The primary would bind another socket, which nobody could listen on.
    if (index > 0 && port !== 0) return -constants.errno.EADDRINUSE;
    const key = keyOf(query, index);
    this.#taken.add(key);
    const wanted = { address, port, addressType, flags, fd, access } as ListenQuery;
    const bound = await this.link.bind(wanted, index);
    if (typeof bound === 'number') {
      this.#taken.delete(key);
      return bound;
    }
    this.#onClose(bound, () => this.#taken.delete(key));
    if (!this.#isOpen) this.#hold(bound, server, query);
    return bound;
  }

  /**
   * Makes the servers accept connections.
   *
   * @returns why one of them cannot
   */
  open(): string | undefined {
    this.#isOpen = true;
    const problems = [...this.#held.values()].map((listen) => listen());
    return problems.find((problem) => problem !== undefined);
  }

  /** Servers on port 0 are told apart by their order, which is the same in the next worker. */
  #freeIndex(query: ListenQuery): number {
    let index = 0;
    while (this.#taken.has(keyOf(query, index))) index += 1;
    return index;
  }

  #hold(handle: ListenHandle, server: Server, query: ListenQuery): void {
    const release = this.link.hold();
    let backlog: number | undefined;
    const end = () => {
      this.#held.delete(handle);
      release();
    };
    handle.listen = (wanted) => {
      backlog = wanted;
      return 0;
    };
    this.#onClose(handle, end);
    this.#held.set(handle, () => {
      end();
      restore(handle, 'listen');
      // Without a backlog its server has not called listen() yet.
      const error = backlog === undefined ? 0 : handle.listen(backlog);
      if (error === 0) return undefined;
      fail(server, error, query);
      return describeListenError(query, error);
    });
  }

  #onClose(handle: ListenHandle, callback: () => void): void {
    const close = handle.close.bind(handle);
    handle.close = (...args) => {
      callback();
      close(...args);
    };
  }
}

function keyOf({ address, port, addressType, fd }: ListenQuery, index: number): string {
  return [address, port, addressType, fd, index].join(' ');
}

/** Restores the method of its class. */
function restore(handle: ListenHandle, method: 'listen'): void {
  Reflect.deleteProperty(handle, method);
}

/** As in Node's own error for an immediate listen(). */
function fail(server: Server, errno: Errno, query: ListenQuery): void {
  const code = getSystemErrorName(errno);
  const { address, port } = query;
  server.close();
  server.emit(
    'error',
    Object.assign(new Error(describeListenError(query, errno)), {
      code,
      errno,
      syscall: 'listen',
      address,
      port,
    }),
  );
}
