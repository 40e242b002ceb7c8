import { describe, expect, it } from 'vitest';

import { GraphQlConnections } from './graphql-connections.js';
import { graphQlSource } from './graphql-source.js';

const socket = {};
const upgrade = { headers: { upgrade: 'WebSocket' }, socket };
const graphQlWs = { extra: { request: upgrade }, subscriptions: {} };

describe('graphQlSource', () => {
  it.each([
    ['Apollo: in what Nest puts into the context', { req: graphQlWs }, graphQlWs],
    ['graphql-ws: in a context that is its own', graphQlWs, graphQlWs],
    ['Mercurius: in the request of the upgrade', { request: upgrade }, undefined],
    ['in a request that the application took from graphql-ws', { req: upgrade }, undefined],
  ])('finds a websocket, %s', (_, context, connection) => {
    const source = graphQlSource(context);
    expect(source.webSocket).toBe(socket);
    expect(source.request).toBeUndefined();
    expect(source.graphQlWs).toBe(connection);
  });

  it.each([
    ['Express', { req: { headers: {}, socket } }, { headers: {}, socket }],
    ['Fastify', { req: { headers: {}, raw: { url: '/' } } }, { url: '/' }],
    [
      'an upgrade to HTTP/2',
      { req: { headers: { upgrade: 'h2c' } } },
      { headers: { upgrade: 'h2c' } },
    ],
    ['a context without a request', { user: 'me' }, undefined],
    ['a request that is none', { req: 'me' }, undefined],
    ['no context', undefined, undefined],
  ])('finds a request: %s', (_, context, request) => {
    const source = graphQlSource(context);
    expect(source.webSocket).toBeUndefined();
    expect(source.request).toEqual(request);
  });
});

describe('GraphQlConnections', () => {
  it('counts operations that are in flight and are not streams', () => {
    const connections = new GraphQlConnections();
    const connection = { subscriptions: { a: null, b: {}, c: null } };
    connections.add(socket, connection);
    expect(connections.unansweredOf(socket)).toBe(2);
    // graphql-ws makes a new record when the connection closes.
    connection.subscriptions = { a: null, b: {}, c: {} } as never;
    expect(connections.unansweredOf(socket)).toBe(1);
    expect(connections.unansweredOf({})).toBe(0);
  });
});
