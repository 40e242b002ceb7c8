import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';

import { afterEach, expect, it } from 'vitest';

import { closeListener } from './close-listener.js';
import { waitingConnections } from './waiting-connections.js';

const servers: Server[] = [];
const clients: Socket[] = [];

afterEach(() => {
  for (const client of clients.splice(0)) client.destroy();
  for (const server of servers.splice(0)) server.close();
});

async function listening(host: string): Promise<Server> {
  const server = createServer((socket) => socket.on('error', () => {}));
  servers.push(server);
  await once(server.listen(0, host), 'listening');
  return server;
}

/** Established by the kernel, while the event loop has not turned, so that none is accepted. */
async function connectTo(server: Server, count: number): Promise<void> {
  const { address: host, port } = server.address() as AddressInfo;
  for (let i = 0; i < count; i++) clients.push(connect({ host, port }).on('error', () => {}));
  await new Promise<void>((resolve) => process.nextTick(resolve));
}

it.runIf(process.platform === 'linux').each(['127.0.0.1', '::'])(
  'waiting connections to %s are counted',
  async (host) => {
    const server = await listening(host);
    expect(waitingConnections(server)).toBe(0);
    await connectTo(server, 3);
    expect(waitingConnections(server)).toBe(3);
    await once(server, 'connection');
    expect(waitingConnections(server)).toBeLessThan(3);
  },
);

it('waiting connections of a server that does not listen are unknown', async () => {
  const server = await listening('127.0.0.1');
  closeListener(server);
  expect(waitingConnections(server)).toBeUndefined();
  expect(waitingConnections(createServer())).toBeUndefined();
});
