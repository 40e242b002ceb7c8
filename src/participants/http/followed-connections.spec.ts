import { IncomingMessage, ServerResponse } from 'node:http';
import { Socket } from 'node:net';

import { afterEach, expect, it } from 'vitest';

import { Traffic } from '../../connections/traffic.js';
import { FakeClock } from '../../testing/fake-clock.js';
import { FollowedConnections } from './followed-connections.js';

const ends = { requestEnded: () => {}, connectionGone: () => {} };
const routes = { labelOf: () => 'GET /' };
const connections = new FollowedConnections(routes, new Traffic(), new FakeClock(), ends);

afterEach(() => connections.dispose());

it('a response that stands for none, and has no request, is left alone', () => {
  const response = new ServerResponse(new IncomingMessage(new Socket()));
  Reflect.set(response, 'req', undefined);
  connections.sayCloseTo(() => true);
  expect(response.writeHead(201).statusCode).toBe(201);
});

it('a connection that is closed while it rests is gone at once, before its socket says so', () => {
  const socket = new Socket();
  let socketHasSaidSo = false;
  socket.on('close', () => (socketHasSaidSo = true));
  connections.destroy(connections.open(socket));
  expect(connections.connectionCount).toBe(0);
  expect(socket.destroyed).toBe(true);
  expect(socketHasSaidSo).toBe(false);
});
