import type { IncomingMessage } from 'node:http';
import type { Server } from 'node:net';

import { handlerName } from './handler-name.js';

const REQUEST = Symbol('nestjs-drain.fastify-request');
const NAME = Symbol('nestjs-drain.handler-name');

interface FastifyRequest {
  readonly raw: IncomingMessage & { [REQUEST]?: FastifyRequest };
  readonly routeOptions?: {
    readonly handler?: unknown;
    readonly config?: { readonly [NAME]?: string };
  };
}

interface FastifyRoute {
  readonly handler: unknown;
  config?: { [NAME]?: string | undefined };
}

interface Fastify {
  addHook(name: 'onRoute', hook: (route: FastifyRoute) => void): void;
  addHook(name: 'onListen', hook: (done: () => void) => void): void;
  addHook(
    name: 'onRequest',
    hook: (request: FastifyRequest, reply: unknown, done: () => void) => void,
  ): void;
}

/** @internal */
export function isFastify(instance: unknown): instance is Fastify {
  return typeof (instance as Partial<Fastify> | undefined)?.addHook === 'function';
}

/** Writes the name of each handler into its route, before Fastify binds it. @internal */
export function nameRoutes(fastify: Fastify): void {
  fastify.addHook('onRoute', (route) => {
    route.config = { ...route.config, [NAME]: handlerName(route.handler) };
  });
}

/** Remembers which request of Fastify's a raw one has become, to name it. @internal */
export function rememberRequests(fastify: Fastify): void {
  fastify.addHook('onRequest', (request, _reply, done) => {
    request.raw[REQUEST] = request;
    done();
  });
}

/** The name of the handler that Fastify has routed a request to. @internal */
export function fastifyHandlerName(request: FastifyRequest['raw']): string | undefined {
  const route = request[REQUEST]?.routeOptions;
  return route?.config?.[NAME] ?? handlerName(route?.handler);
}

/**
 * On `localhost` Fastify listens on both 127.0.0.1 and ::1, each with a server of its own, and
 * publishes the first only. The others are looked for under the symbol that Fastify keeps them
 * under; where there is none, they are left to Fastify's own `close()`.
 *
 * @internal
 */
export function onSecondaryServers(fastify: Fastify, found: (server: Server) => void): void {
  fastify.addHook('onListen', (done) => {
    const key = Object.getOwnPropertySymbols(fastify).find(
      ({ description }) => description === 'fastify.serverBindings',
    );
    const servers: unknown = key && Reflect.get(fastify, key);
    if (Array.isArray(servers)) for (const server of servers) found(server as Server);
    done();
  });
}
