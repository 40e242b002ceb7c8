import type { IncomingMessage } from 'node:http';
import { type Server, Socket } from 'node:net';

import { refuses } from './follow-event.js';
import type { HttpResponse } from './open-responses.js';

const REFUSAL =
  'HTTP/1.1 503 Service Unavailable\r\nConnection: close\r\nContent-Length: 0\r\n\r\n';

/** The events by which an HTTP/1.1 connection changes its protocol. @internal */
export const UPGRADES = ['upgrade', 'connect'] as const;

/**
 * From now on, answers each upgrade and each tunnel with 503, in place of the application's
 * listeners.
 *
 * @returns a function that stops it
 * @internal
 */
export function refuseUpgrades(server: Server): () => void {
  const taken = UPGRADES.filter((event) => server.listenerCount(event) > 0);
  for (const event of taken) {
    server.removeAllListeners(event);
    server.on(event, refuse);
  }
  return () => taken.forEach((event) => server.off(event, refuse));
}

const refuse = refuses((_request: IncomingMessage, socket: Socket | HttpResponse) => {
  if (socket instanceof Socket) return refuseUpgrade(socket);
  socket.statusCode = 503;
  socket.end();
});

/** @internal */
export function refuseUpgrade(socket: Socket): void {
  // There is no other error listener any more, and an unheard error would end the process.
  socket.on('error', () => {});
  socket.write(REFUSAL);
  // Node keeps the other half of a server's connection open.
  socket.destroySoon();
}
