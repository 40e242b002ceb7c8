import type { AmqpChannel } from '../../consumers/amqp-acknowledgements.js';
import type { PublishingChannel } from '../../consumers/amqp-publishing.js';
import { type BuiltProviders, hasMethod } from '../../nest/built-provider.js';

/** The part of a connection of `@golevelup/nestjs-rabbitmq` that is used here. @internal */
export interface AmqpConnection {
  /** All its consumers, including those of a lost connection. */
  readonly consumerTags: readonly string[];
  readonly managedChannels: Readonly<Record<string, ManagedChannel>>;
  /** Private there: a promise for each message whose handler runs, until it is acknowledged. */
  readonly outstandingMessageProcessing?: Iterable<Promise<void>>;
  cancelConsumer(tag: string): Promise<void>;
  /** Private there. */
  getConsumer?(tag: string): { readonly channel: AmqpChannel } | undefined;
}

/** @internal */
export interface ManagedChannel extends PublishingChannel {
  on(event: 'connect' | 'error', listener: () => void): unknown;
}

/** @internal */
export interface AmqpConnectionManager {
  getConnections(): readonly AmqpConnection[];
  close(): Promise<void>;
}

/** What has the connections of an application; none if it does not use the library. @internal */
export function connectionManagersOf(providers: BuiltProviders): AmqpConnectionManager[] {
  return providers()
    .filter(({ token }) => isManager(token))
    .map(({ instance }) => instance as AmqpConnectionManager);
}

function isManager(token: unknown): boolean {
  if (typeof token !== 'function' || token.name !== 'AmqpConnectionManager') return false;
  return hasMethod(token, 'getConnections');
}
