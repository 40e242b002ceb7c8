import type { Server } from 'node:net';

import type { ShutdownSequence } from './shutdown-sequence.js';

/** An application, as its supervisor sees it. @internal */
export interface HostedApplication {
  readonly sequence: ShutdownSequence;
  /** Calls back once the application has started. */
  onStarted(callback: () => void): void;
  /** @param reason - why it does not become ready, although it has started */
  notReady(reason: string): void;
}

/** The HTTP servers of an application. @internal */
export interface HostedServers {
  each(callback: (server: Server) => void): void;
  has(server: Server): boolean;
  add(server: Server): void;
}

/**
 * The process that started this one and speaks for it to the outside: the primary of a graceful
 * restart. It is loaded before the application.
 *
 * @internal
 */
export interface Host {
  join(application: HostedApplication, servers: HostedServers): void;
}

const KEY = Symbol.for('nestjs-drain.host.v1');
const registry = globalThis as { [KEY]?: Host };

/**
 * Found through the global object, because the host may belong to another copy of this package.
 *
 * @internal
 */
export function thisHost(): Host | undefined {
  return registry[KEY];
}

/** @internal */
export function becomeHost(host: Host): void {
  registry[KEY] = host;
}
