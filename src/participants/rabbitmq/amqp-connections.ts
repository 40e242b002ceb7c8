import { type BuiltProviders, hasMethod } from '../../nest/built-provider.js';

/** The part of a connection of `@golevelup/nestjs-rabbitmq` that is used here. @internal */
export interface AmqpConnection {
  /** All its consumers, including those of a lost connection. */
  readonly consumerTags: readonly string[];
  readonly managedChannels: Readonly<Record<string, AmqpChannel>>;
  /** Private there: a promise for each message whose handler runs, until it is acknowledged. */
  readonly outstandingMessageProcessing?: Iterable<Promise<void>>;
  cancelConsumer(tag: string): Promise<void>;
}

/** @internal */
export interface AmqpChannel {
  on(event: 'connect', listener: () => void): unknown;
}

interface AmqpConnectionManager {
  getConnections(): readonly AmqpConnection[];
}

/** The connections of an application; none if it does not use the library. @internal */
export function amqpConnectionsOf(providers: BuiltProviders): AmqpConnection[] {
  const managers = providers().filter(({ token }) => isManager(token));
  return managers.flatMap(({ instance }) => (instance as AmqpConnectionManager).getConnections());
}

function isManager(token: unknown): boolean {
  if (typeof token !== 'function' || token.name !== 'AmqpConnectionManager') return false;
  return hasMethod(token, 'getConnections');
}
