import { isOfClass } from '../../nest/built-provider.js';
import type { RpcServer } from './rpc-server.js';

/** What is used of a client of `@nestjs/microservices`. */
type RpcClient = Readonly<Record<string, unknown>>;

interface ClientRow {
  /** What Nest calls the class of its clients. */
  readonly className: string;
  /** Whether the client sends to the server; left out, where both can only meet at their broker. */
  readonly sendsTo?: (client: RpcClient, server: RpcServer) => boolean;
}

const CLIENTS: Readonly<Record<string, ClientRow>> = {
  rmq: {
    className: 'ClientRMQ',
    sendsTo: (client, server) =>
      client['queue'] === server.field('queue') ||
      exchangeOf(client) === exchangeOf(server.instance),
  },
  redis: { className: 'ClientRedis' },
  nats: { className: 'ClientNats' },
  mqtt: { className: 'ClientMqtt' },
  // A client that waits for replies has called `subscribeToResponseOf()`.
  kafka: {
    className: 'ClientKafka',
    sendsTo: (client) => (client['responsePatterns'] as unknown[] | undefined)?.length !== 0,
  },
};

/**
 * Whether the application has a client that sends to what the server consumes. A request may then
 * wait for the reply of a handler in the same process.
 *
 * @param held - what the application holds
 * @internal
 */
export function hasClientOf(server: RpcServer, held: readonly object[]): boolean {
  const row = CLIENTS[server.transport];
  if (row === undefined) return false;
  const clients = held.filter((one) => isOfClass(one, row.className)) as RpcClient[];
  return clients.some((client) => row.sendsTo?.(client, server) ?? true);
}

/** @returns something that equals nothing else if there is no exchange */
function exchangeOf(end: object): unknown {
  const { options } = end as {
    options?: { exchange?: unknown; queue?: unknown; wildcards?: unknown };
  };
  return options?.exchange ?? (options?.wildcards ? options.queue : Symbol('no exchange'));
}
