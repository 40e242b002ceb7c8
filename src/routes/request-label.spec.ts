import type { ServerResponse } from 'node:http';
import { describe, expect, it } from 'vitest';

import { nameRequest } from './handler-name.js';
import { requestLabel } from './request-label.js';

/** The response to a request, as far as a label needs it. */
function answer(request: object): ServerResponse {
  return { req: { method: 'GET', ...request } } as unknown as ServerResponse;
}

/** A function with this name, as a router holds it. */
function named(name: string): () => void {
  return Object.defineProperty(() => {}, 'name', { value: name });
}

describe('requestLabel', () => {
  it.each([
    { what: 'a path', request: { url: '/orders/7' }, label: 'GET /orders/7' },
    { what: 'no query string', request: { url: '/orders?token=secret' }, label: 'GET /orders' },
    { what: 'no fragment', request: { url: '/orders#secret' }, label: 'GET /orders' },
    {
      what: 'the path that the client asked for, not the one that is left to a router',
      request: { originalUrl: '/api/orders?token=secret', url: '/orders' },
      label: 'GET /api/orders',
    },
    { what: 'its method alone', request: { method: 'OPTIONS' }, label: 'OPTIONS ' },
    {
      what: 'up to 80 characters of a path',
      request: { url: `/${'x'.repeat(79)}` },
      label: `GET /${'x'.repeat(79)}`,
    },
    {
      what: '80 characters of a longer path',
      request: { url: `/${'x'.repeat(80)}?token=secret` },
      label: `GET /${'x'.repeat(79)}…`,
    },
    {
      what: 'a path without what a client of HTTP/2 may put into it',
      request: { method: 'GET\u001b[2J', url: '/a\u009b31m\u202egpj.exe\u2028b\ud800c' },
      label: 'GET /agpj.exe b\ufffdc',
    },
    {
      what: 'its handler, the last of its route',
      request: {
        method: 'POST',
        url: '/orders',
        route: { stack: [{ handle: named('A.guard') }, { handle: named('Orders.create') }] },
      },
      label: 'POST Orders.create',
    },
    {
      what: 'its path where the handler has no name',
      request: { url: '/orders', route: { stack: [{ handle: named('create') }] } },
      label: 'GET /orders',
    },
    { what: 'its path where the route is empty', request: { url: '/', route: {} }, label: 'GET /' },
  ])('names $what', ({ request, label }) => {
    expect(requestLabel(answer(request))).toBe(label);
  });

  it('names a resolver rather than the one route of GraphQL', () => {
    const response = answer({ method: 'POST', url: '/graphql' });
    nameRequest(response.req, 'Orders.find');
    expect(requestLabel(response)).toBe('POST Orders.find');
  });
});
