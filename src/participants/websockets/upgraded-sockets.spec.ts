import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';

import { afterEach, beforeEach, expect, it } from 'vitest';

import { hearConnections } from '../../../test/support/heard-connections.js';
import { Traffic } from '../../connections/traffic.js';
import { FakeClock } from '../../testing/fake-clock.js';
import { UpgradedSockets } from './upgraded-sockets.js';

const UPGRADE = 'GET /chat?token=1 HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: ';

let server: Server;
let traffic: Traffic;
let clock: FakeClock;
let running: number;
let upgraded: UpgradedSockets;
let client: Socket;

beforeEach(async () => {
  traffic = new Traffic();
  clock = new FakeClock();
  running = 0;
  upgraded = new UpgradedSockets(() => ({ running, begun: 0 }), traffic, clock);
  server = createServer().on('upgrade', () => {});
  upgraded.watch(server);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
});

afterEach(() => {
  client.destroy();
  upgraded.dispose();
  server.close();
});

/** @returns its connection, as the server has it */
async function upgrade(protocol = 'websocket'): Promise<Socket> {
  const taken = once(server, 'upgrade') as Promise<[unknown, Socket]>;
  client = connect((server.address() as AddressInfo).port, '127.0.0.1');
  client.write(`${UPGRADE}${protocol}\r\n\r\n`);
  const [, socket] = await taken;
  return socket.resume();
}

async function hangUp(socket: Socket): Promise<void> {
  const closed = once(socket, 'close');
  client.destroy();
  socket.destroy();
  await closed;
}

it('a websocket of a healthy application is counted, not followed, and forgotten when it closes', async () => {
  const { opened, closed } = hearConnections(traffic, () => false);
  const socket = await upgrade();
  const idle = [upgraded.connectionCount, upgraded.busyCount];
  running = 1;
  const busy = [upgraded.connectionCount, upgraded.busyCount];
  const followed = [...upgraded];
  await hangUp(socket);

  expect(socket.listenerCount('close')).toBe(1);
  expect([idle, busy, followed]).toEqual([[1, 0], [1, 1], []]);
  expect(upgraded.connectionCount).toBe(0);
  expect([opened, closed]).toEqual([[], []]);
});

it('a websocket is found when the shutdown begins, with its path and age', async () => {
  const { closed } = hearConnections(traffic, () => false);
  await clock.advance(5.5);
  const socket = await upgrade();
  await clock.advance(1000);
  upgraded.follow();

  const found = [...upgraded];
  expect(found).toMatchObject([{ label: 'websocket /chat', since: 5, upgrade: { path: '/chat' } }]);
  await hangUp(socket);
  expect(closed).toEqual(found);
});

it('an upgrade to another protocol is found, and is no websocket', async () => {
  await upgrade('other');
  upgraded.follow();
  expect([...upgraded]).toMatchObject([{ upgrade: { path: undefined } }]);
});

it('an observer of the healthy application hears of each', async () => {
  const { opened, closed } = hearConnections(traffic, () => true);
  const socket = await upgrade();
  expect(opened).toEqual([...upgraded]);
  await hangUp(socket);
  expect(opened).toHaveLength(1);
  expect(closed).toEqual(opened);
});

it('an observer that comes late hears when earlier ones end', async () => {
  let follows = false;
  const { closed } = hearConnections(traffic, () => follows);
  const socket = await upgrade();
  follows = true;
  await hangUp(socket);
  expect(closed).toMatchObject([{ protocol: 'websocket' }]);
});
