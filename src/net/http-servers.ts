import type { OnApplicationBootstrap, OnModuleInit } from '@nestjs/common';
import type { HttpAdapterHost } from '@nestjs/core';
import { Server } from 'node:net';

import { onSecondaryServers } from './fastify-servers.js';

/**
 * The servers behind the application's HTTP adapter, of whichever protocol, and those of websocket
 * gateways with a port of their own. Nearly always one.
 *
 * @internal
 */
export class HttpServers implements OnModuleInit, OnApplicationBootstrap {
  readonly #found = new Set<Server>();
  readonly #callbacks: ((server: Server) => void)[] = [];

  /** @param ownPorts - finds the servers of gateways with a port of their own */
  constructor(
    private readonly host: Partial<HttpAdapterHost>,
    private readonly ownPorts: () => Iterable<unknown>,
  ) {}

  /** Calls back for each server, those found later included. */
  each(callback: (server: Server) => void): void {
    this.#callbacks.push(callback);
    for (const server of this.#found) callback(server);
  }

  has(server: Server): boolean {
    return this.#found.has(server);
  }

  add(server: unknown): void {
    if (!(server instanceof Server) || this.#found.has(server)) return;
    this.#found.add(server);
    for (const callback of this.#callbacks) callback(server);
  }

  /** Nest has made the server by now, and it does not listen yet. */
  onModuleInit(): void {
    const { httpAdapter } = this.host;
    this.add(httpAdapter?.getHttpServer());
    onSecondaryServers(httpAdapter?.getInstance(), (server) => this.add(server));
  }

  /** A microservice makes its gateways only after the first round of `onModuleInit`. */
  onApplicationBootstrap(): void {
    for (const server of this.ownPorts()) this.add(server);
  }
}
