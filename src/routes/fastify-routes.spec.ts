import { describe, expect, it } from 'vitest';

import { FastifyRoutes } from './fastify-routes.js';

interface Route {
  readonly method: string | string[];
  readonly url: string;
  readonly handler: () => void;
}

/** The routes of an application, as Fastify tells of them. */
function routesOf(...routes: [method: string | string[], url: string, name: string][]) {
  const fastify = {
    addHook(_name: string, hook: (route: Route) => void): void {
      for (const [method, url, name] of routes) {
        hook({ method, url, handler: Object.defineProperty(() => {}, 'name', { value: name }) });
      }
    },
  };
  return new FastifyRoutes(fastify);
}

describe('the name of the handler that Fastify routes a request to', () => {
  const routes = routesOf(
    ['GET', '/orders/:id', 'Orders.find'],
    ['GET', '/orders/latest', 'Orders.latest'],
    [['PUT', 'PATCH'], '/orders/:id', 'Orders.change'],
    ['GET', '/files/*', 'Files.get'],
    ['GET', '/:tenant/:area', 'Tenants.area'],
    ['GET', '/', 'Home.get'],
  );

  it.each([
    ['GET', '/orders/7', 'Orders.find'],
    ['GET', '/orders/latest', 'Orders.latest'],
    ['PATCH', '/orders/7', 'Orders.change'],
    ['GET', '/files/a/b', 'Files.get'],
    ['GET', '/files/a', 'Files.get'],
    ['GET', '/acme/a', 'Tenants.area'],
    ['GET', '/', 'Home.get'],
    ['DELETE', '/orders/7', undefined],
    ['GET', '/orders', undefined],
    ['GET', '/orders/7/lines', undefined],
  ])('for %s %s is %s', (method, path, name) => {
    expect(routes.nameOf(method, path)).toBe(name);
  });
});
