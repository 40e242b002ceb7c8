import type { OnApplicationBootstrap } from '@nestjs/common';
import { defer, finalize, isObservable, type Observable } from 'rxjs';

import type { HttpServers } from '../../connections/http-servers.js';
import type { WorkTracker } from '../../handlers/work-tracker.js';
import type { ApplicationShutdown } from '../../nest/application-shutdown.js';
import { classNameOf } from '../../nest/built-provider.js';
import { replaceMethod } from '../../nest/replace-method.js';
import { gatewayHttpServers } from './web-socket-servers.js';

interface Subscription {
  readonly message: unknown;
  readonly methodName?: string;
  readonly callback: Callback;
}

type Callback = (this: unknown, client: object, ...args: unknown[]) => unknown;

interface WithWebSocketsController {
  readonly socketModule?: { readonly webSocketsController?: object } | null;
}

/**
 * Counts the messages of websocket gateways while they are handled, guards and pipes included. An
 * interceptor would not do: Nest 11 has no global ones for gateways, and they run after the guards.
 *
 * @internal
 */
export class GatewayMessages implements OnApplicationBootstrap {
  readonly #counted = new WeakMap<readonly Subscription[], readonly Subscription[]>();
  #restore: (() => void) | undefined;

  constructor(
    private readonly application: ApplicationShutdown,
    private readonly servers: HttpServers,
    private readonly tracker: WorkTracker,
  ) {}

  dispose(): void {
    this.#restore?.();
  }

  /** Nest has made the gateways by now, and subscribes to messages with each connection. */
  onApplicationBootstrap(): void {
    const { instance } = this.application;
    for (const server of gatewayHttpServers(instance)) this.servers.add(server);
    const { socketModule } = (instance ?? {}) as WithWebSocketsController;
    const controller = socketModule?.webSocketsController;
    if (controller === undefined) return;
    this.#restore ??= replaceMethod(
      controller,
      'subscribeMessages',
      (original) => (subscriptions: readonly Subscription[], client: object, gateway: object) =>
        original(this.#count(subscriptions, classNameOf(gateway) ?? 'Object'), client, gateway),
    );
  }

  /** Cached, because all connections of a gateway share it. */
  #count(subscriptions: readonly Subscription[], gateway: string): readonly Subscription[] {
    let counted = this.#counted.get(subscriptions);
    if (counted === undefined) {
      counted = subscriptions.map((subscription) => {
        const label = `ws ${gateway}.${subscription.methodName ?? String(subscription.message)}`;
        return { ...subscription, callback: this.#wrap(subscription.callback, label) };
      });
      this.#counted.set(subscriptions, counted);
    }
    return counted;
  }

  #wrap(callback: Callback, label: string): Callback {
    const begin = (connection: object) => this.tracker.begin(label, connection);
    return async function (client, ...args) {
      const connection = connectionOf(client);
      const end = begin(connection);
      try {
        const result = await callback.call(this, client, ...args);
        return isObservable(result) ? count(result, () => begin(connection)) : result;
      } finally {
        end();
      }
    };
  }
}

/** A socket.io client is one namespace; the namespaces of one browser share a connection. */
function connectionOf(client: object & { readonly conn?: object }): object {
  return client.conn ?? client;
}

/** Nest does not subscribe to the answer if the client is gone. */
function count(answer: Observable<unknown>, begin: () => () => void): Observable<unknown> {
  return defer(() => answer.pipe(finalize(begin())));
}
