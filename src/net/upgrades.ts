import type { IncomingMessage } from 'node:http';
import type { Server, Socket } from 'node:net';

import { contained } from './contained.js';

/** @internal */
export type UpgradeListener = (request: IncomingMessage, socket: Socket) => void;

const REFUSAL =
  'HTTP/1.1 503 Service Unavailable\r\nConnection: close\r\nContent-Length: 0\r\n\r\n';

/**
 * Hears of each upgrade before whoever takes it. Only where somebody takes upgrades: without any
 * listener Node serves them as requests, which a listener of ours would prevent.
 *
 * @returns what ends it
 * @internal
 */
export function followUpgrades(server: Server, listener: UpgradeListener): () => void {
  const heard = contained(listener);
  const follow = () => server.prependListener('upgrade', heard);
  const onNewListener = (event: string | symbol) => {
    if (event !== 'upgrade') return;
    server.off('newListener', onNewListener);
    follow();
  };
  if (server.listenerCount('upgrade') > 0) follow();
  else server.on('newListener', onNewListener);
  return () => {
    server.off('newListener', onNewListener);
    server.off('upgrade', heard);
  };
}

/**
 * Answers each upgrade with 503 from here on, instead of whoever took them.
 *
 * @returns what ends it
 * @internal
 */
export function refuseUpgrades(server: Server): () => void {
  if (server.listenerCount('upgrade') === 0) return () => {};
  server.removeAllListeners('upgrade');
  server.on('upgrade', refuse);
  return () => server.off('upgrade', refuse);
}

const refuse: UpgradeListener = (_request, socket) => refuseUpgrade(socket);

/** @internal */
export function refuseUpgrade(socket: Socket): void {
  // Nobody else listens to its errors any more, and one that nobody hears ends the process.
  socket.on('error', () => {});
  socket.write(REFUSAL);
  // Node keeps the other half of a server's connection open.
  socket.destroySoon();
}
