import type { OnModuleInit } from '@nestjs/common';
import type { HttpAdapterHost } from '@nestjs/core';
import { Server as HttpServer } from 'node:http';
import { Server as HttpsServer } from 'node:https';
import { Server } from 'node:net';

import { onListening } from './listening-servers.js';

/** Called for each server. @internal */
export type ServerCallback = (server: Server) => void;

/**
 * The servers of the application, of any protocol: the one behind its HTTP adapter, others over the
 * same framework, those of websocket gateways with a port of their own, and those that the
 * application names. Nearly always one.
 *
 * @internal
 */
export class HttpServers implements OnModuleInit {
  readonly #found = new Set<Server>();
  readonly #callbacks: { readonly found: ServerCallback; readonly lost: ServerCallback }[] = [];
  /** The request handler of the framework. */
  readonly #handlers = new Set<unknown>();
  /** Other servers, each with a function that stops following it. */
  readonly #late = new Map<Server, () => void>();
  #stopLooking = () => {};

  constructor(private readonly host: Partial<HttpAdapterHost>) {}

  /** Calls back for each server, including those found later. */
  each(found: ServerCallback, lost: ServerCallback = () => {}): void {
    this.#callbacks.push({ found, lost });
    for (const server of this.#found) found(server);
  }

  has(server: Server): boolean {
    return this.#found.has(server);
  }

  add(server: unknown): void {
    if (!(server instanceof Server) || this.#found.has(server)) return;
    this.#found.add(server);
    for (const { found } of this.#callbacks) found(server);
  }

  remove(server: Server): void {
    if (!this.#found.delete(server)) return;
    this.#late.get(server)?.();
    this.#late.delete(server);
    for (const { lost } of this.#callbacks) lost(server);
  }

  /** Nest has made the server by now, and it does not listen yet. */
  onModuleInit(): void {
    const { httpAdapter } = this.host;
    if (!httpAdapter) return;
    const server: unknown = httpAdapter.getHttpServer();
    for (const handler of handlersOf(httpAdapter.getInstance(), server)) {
      this.#handlers.add(handler);
    }
    this.add(server);
    this.#stopLooking = onListening((listening) => this.#mayServe(listening));
  }

  dispose(): void {
    this.#stopLooking();
    for (const unfollow of this.#late.values()) unfollow();
    this.#late.clear();
  }

  /**
   * A server made by other code belongs to the application if the framework answers its requests:
   * Nest's recipe for several servers, the second server of Fastify on `localhost`, an adapter that
   * makes its server late. A server for health or metrics is left alone.
   */
  #mayServe(server: Server): void {
    if (this.#found.has(server)) return;
    const isOurs =
      server === this.host.httpAdapter?.getHttpServer() ||
      server.listeners('request').some((listener) => this.#handlers.has(listener));
    if (!isOurs) return;
    this.add(server);
    const onClose = () => this.remove(server);
    server.once('close', onClose);
    this.#late.set(server, () => server.off('close', onClose));
  }
}

/** The functions that a server over this framework has as its request listener. */
function handlersOf(framework: unknown, server: unknown): unknown[] {
  const { routing } = (framework ?? {}) as { readonly routing?: unknown };
  const own = server instanceof Server ? server.listeners('request') : [];
  return [framework, routing, ...own].filter((handler) => typeof handler === 'function');
}

/** Whether it speaks HTTP of any version. @internal */
export function isHttp(server: unknown): server is Server {
  if (server instanceof HttpServer || server instanceof HttpsServer) return true;
  // `instanceof` would load `node:http2` into every application.
  return server instanceof Server && typeof Reflect.get(server, 'updateSettings') === 'function';
}
