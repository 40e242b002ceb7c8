import { once } from 'node:events';
import {
  type ClientHttp2Session,
  connect,
  createServer,
  type Http2Server,
  type Http2ServerResponse,
  type ServerHttp2Session,
} from 'node:http2';
import type { AddressInfo, Socket } from 'node:net';

import { afterEach, beforeEach, expect, it } from 'vitest';

import { hearConnections } from '../../../test/support/heard-connections.js';
import { Traffic } from '../../connections/traffic.js';
import { FakeClock } from '../../testing/fake-clock.js';
import { Http2Traffic } from './http2-traffic.js';

let server: Http2Server;
let traffic: Traffic;
let http2: Http2Traffic;
let client: ClientHttp2Session;

beforeEach(async () => {
  traffic = new Traffic();
  http2 = new Http2Traffic({ labelOf: () => 'GET /' }, traffic, new FakeClock());
  server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
});

afterEach(() => {
  client.destroy();
  http2.dispose();
  server.close();
});

/** @returns the session, and its connection, as the server has them */
async function openSession(): Promise<[ServerHttp2Session, Socket]> {
  const connected = once(server, 'connection') as Promise<[Socket]>;
  const opened = once(server, 'session') as Promise<[ServerHttp2Session]>;
  client = connect(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  return [(await opened)[0], (await connected)[0]];
}

/** @returns the response, which is not ended */
async function beginRequest(): Promise<Http2ServerResponse> {
  const began = once(server, 'request') as Promise<[unknown, Http2ServerResponse]>;
  client.request({ ':path': '/' }).on('error', () => {});
  return (await began)[1];
}

it('a healthy application has one listener for each session', async () => {
  const [plainSession, plainSocket] = await openSession();
  const plain = [plainSession.listenerCount('close'), plainSocket.listenerCount('close')];
  client.destroy();
  http2.watch(server);
  const [session, socket] = await openSession();

  expect(plain).toEqual([0, 1]);
  expect([session.listenerCount('close'), socket.listenerCount('close')]).toEqual([0, 2]);
  expect(http2.sessions).toEqual([]);
});

it('a session of a healthy application is counted, and forgotten when it closes', async () => {
  http2.watch(server);
  const [, socket] = await openSession();
  const idle = [http2.connectionCount, http2.busyCount, http2.requestCount];
  await beginRequest();
  const busy = [http2.connectionCount, http2.busyCount, http2.requestCount];
  const closed = once(socket, 'close');
  client.destroy();
  await closed;

  expect(idle).toEqual([1, 0, 0]);
  expect(busy).toEqual([1, 1, 1]);
  expect(http2.connectionCount).toBe(0);
});

it('a session is found when the shutdown begins, with its requests', async () => {
  const { opened, closed } = hearConnections(traffic, () => false);
  http2.watch(server);
  const [, socket] = await openSession();
  await beginRequest();
  http2.follow();

  expect(http2.sessions).toMatchObject([{ protocol: 'h2', requests: 1 }]);
  expect([http2.connectionCount, http2.busyCount, http2.requestCount]).toEqual([1, 1, 1]);
  expect(opened).toEqual([]);
  const found = http2.sessions;
  const gone = once(socket, 'close');
  client.destroy();
  await gone;
  expect(closed).toEqual(found);
  expect([http2.connectionCount, http2.requestCount]).toEqual([0, 0]);
});

it('an observer of the healthy application hears of each session', async () => {
  const { opened, closed } = hearConnections(traffic, () => true);
  http2.watch(server);
  const [, socket] = await openSession();
  expect(opened).toEqual(http2.sessions);
  const gone = once(socket, 'close');
  client.destroy();
  await gone;
  expect(opened).toHaveLength(1);
  expect(closed).toEqual(opened);
});

it('an observer that comes late hears when earlier sessions end', async () => {
  let follows = false;
  const { closed } = hearConnections(traffic, () => follows);
  http2.watch(server);
  const [, socket] = await openSession();
  follows = true;
  const gone = once(socket, 'close');
  client.destroy();
  await gone;
  expect(closed).toMatchObject([{ protocol: 'h2' }]);
});
