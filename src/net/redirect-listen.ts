import cluster from 'node:cluster';
import type { Server } from 'node:net';

import type { Errno, ListenHandle, ListenQuery } from './bind.js';

const SEAM = ['isPrimary', 'isMaster', '_getServer'] as const;

type GetServer = (
  server: Server,
  query: ListenQuery,
  callback: (error: Errno, handle?: ListenHandle) => void,
) => Promise<void>;

/**
 * Has all servers of this process, of whichever protocol, listen on sockets from `source`. It is
 * the place where `node:cluster` does the same in its workers (`listenInCluster` of `net`, Node 20
 * to 24), so names are looked up, and errors told, as always. `listen({ exclusive: true })` stays
 * as it is.
 *
 * @returns what ends it
 * @internal
 */
export function redirectListen(
  source: (query: ListenQuery, server: Server) => Promise<ListenHandle | Errno>,
): () => void {
  const getServer: GetServer = async (server, query, callback) => {
    const found = await source(query, server);
    if (typeof found === 'number') callback(found);
    else callback(0, found);
  };
  const before = Object.fromEntries(SEAM.map((name) => [name, Reflect.get(cluster, name)]));
  Object.assign(cluster, { isPrimary: false, isMaster: false, _getServer: getServer });
  return () => void Object.assign(cluster, before);
}
