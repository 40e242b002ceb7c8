import cluster from 'node:cluster';
import { type ListenOptions, Server } from 'node:net';
import { constants } from 'node:os';
import { resolve } from 'node:path';

import {
  type Errno,
  type ListenHandle,
  type ListenQuery,
  LONGEST_SOCKET_PATH,
  type SocketAccess,
} from './bind.js';

const SEAM = ['isPrimary', 'isMaster', '_getServer'] as const;

type GetServer = (
  server: Server,
  query: ListenQuery,
  callback: (error: Errno, handle?: ListenHandle) => void,
) => Promise<void>;

/**
 * Makes all servers of this process listen on sockets from `source`. It hooks in where
 * `node:cluster` does in its workers (`listenInCluster` of `net`, Node 20 to 24), so that names are
 * resolved and errors reported as usual. `listen({ exclusive: true })` stays as it is.
 *
 * @returns a function that stops it
 * @internal
 */
export function redirectListen(
  source: (query: ListenQuery, server: Server) => Promise<ListenHandle | Errno>,
): () => void {
  const wishes = new ListenWishes();
  const getServer: GetServer = async (server, query, callback) => {
    const whole = isUnixSocket(query) ? wishes.complete(query) : query;
    // libuv would cut it, and bind to another path.
    const isTooLong =
      whole.address !== query.address && Buffer.byteLength(whole.address!) > LONGEST_SOCKET_PATH;
    const found = isTooLong ? -constants.errno.ENAMETOOLONG : await source(whole, server);
    if (typeof found === 'number') callback(found);
    else callback(0, found);
  };
  const before = Object.fromEntries(SEAM.map((name) => [name, Reflect.get(cluster, name)]));
  Object.assign(cluster, { isPrimary: false, isMaster: false, _getServer: getServer });
  return () => {
    wishes.end();
    Object.assign(cluster, before);
  };
}

/**
 * What a server on a Unix socket asked for beside its path. A worker of `node:cluster` loses it:
 * Node sets the mode only if it has the handle at once.
 */
class ListenWishes {
  readonly #listen = Object.getOwnPropertyDescriptor(Server.prototype, 'listen')!;
  #options: ListenOptions | undefined;

  constructor() {
    // oxlint-disable-next-line typescript/no-this-alias -- `this` is the server in the function
    const wishes = this;
    const listen = this.#listen.value as (...args: unknown[]) => Server;
    Object.defineProperty(Server.prototype, 'listen', {
      ...this.#listen,
      value: function (this: Server, ...args: unknown[]) {
        const [options] = args;
        wishes.#options = typeof options === 'object' && options !== null ? options : undefined;
        try {
          // A path is asked for before this returns.
          return listen.apply(this, args);
        } finally {
          wishes.#options = undefined;
        }
      },
    });
  }

  complete(query: ListenQuery & { readonly address: string }): ListenQuery {
    const { readableAll = false, writableAll = false } = this.#options ?? {};
    const access: SocketAccess = { umask: process.umask(), readableAll, writableAll };
    const isAbstract = query.address.startsWith('\0');
    return { ...query, access, address: isAbstract ? query.address : resolve(query.address) };
  }

  end(): void {
    Object.defineProperty(Server.prototype, 'listen', this.#listen);
  }
}

/** @internal */
export function isUnixSocket(
  query: ListenQuery,
): query is ListenQuery & { readonly address: string } {
  return query.address !== null && query.port < 0;
}
