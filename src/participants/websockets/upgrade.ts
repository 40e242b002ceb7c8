import type { IncomingMessage } from 'node:http';
import type { Server, Socket } from 'node:net';

import { pathOf } from './web-socket-connection.js';

/**
 * What of an upgrade cannot be learned later. Kept small, because there is one for each client.
 *
 * @internal
 */
export interface Upgrade {
  readonly server: Server;
  /** Undefined if it is no websocket. */
  readonly path: string | undefined;
  /** When it was. In whole ms, because V8 stores a fraction as an object. */
  readonly since: number;
  /** What had been written to its connection before. */
  readonly bytesBefore: number;
}

/** @internal */
export function upgradeOf(
  server: Server,
  request: IncomingMessage,
  socket: Socket,
  now: number,
): Upgrade {
  return {
    server,
    path: isForWebSocket(request) ? pathOf(request.url) : undefined,
    since: Math.floor(now),
    bytesBefore: socket.bytesWritten,
  };
}

function isForWebSocket({ method, headers }: IncomingMessage): boolean {
  const isTunnel = method === 'CONNECT';
  return !isTunnel && headers.upgrade?.toLowerCase() === 'websocket';
}
