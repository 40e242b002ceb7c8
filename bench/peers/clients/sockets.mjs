import { once } from 'node:events';

import { WebSocket } from 'ws';

/** So many websockets, connected to the gateway of the application. */
export function openSockets(service, count) {
  return Promise.all(Array.from({ length: count }, () => open(service)));
}

/** The code with which each was closed; 1006 is one that was cut. */
export function codesOf(clients) {
  return Promise.all(clients.map(async (client) => (await once(client, 'close'))[0]));
}

async function open({ port }) {
  const client = new WebSocket(`ws://127.0.0.1:${port}/chat`);
  await once(client, 'open');
  client.on('error', () => {});
  return client;
}
