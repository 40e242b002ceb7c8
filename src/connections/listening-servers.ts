import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import type { Server } from 'node:net';

/** Node publishes this channel since 20.16 and 22.4; before, nothing is found. */
const LISTENS = 'tracing:net.server.listen:asyncEnd';

/**
 * Calls back for each server of this process that begins to listen, before it accepts a connection.
 *
 * @returns a function that stops it
 * @internal
 */
export function onListening(callback: (server: Server) => void): () => void {
  const listens = (message: unknown) => callback((message as { server: Server }).server);
  subscribe(LISTENS, listens);
  return () => void unsubscribe(LISTENS, listens);
}
