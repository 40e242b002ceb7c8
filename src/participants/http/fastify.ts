import type { IncomingMessage } from 'node:http';
import type { Server } from 'node:net';

const REQUEST = Symbol('nestjs-drain.fastify-request');

interface FastifyRequest {
  readonly raw: IncomingMessage & { [REQUEST]?: FastifyRequest };
  readonly routeOptions?: { readonly handler?: unknown };
}

interface Fastify {
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

/** Remembers which request of Fastify's a raw one has become, to name it. @internal */
export function rememberRequests(fastify: Fastify): void {
  fastify.addHook('onRequest', (request, _reply, done) => {
    request.raw[REQUEST] = request;
    done();
  });
}

/** The handler that Fastify has routed a request to. @internal */
export function fastifyHandler(request: FastifyRequest['raw']): unknown {
  return request[REQUEST]?.routeOptions?.handler;
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
