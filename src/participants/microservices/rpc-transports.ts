import type { Broker } from '../../consumers/broker.js';
import type { Clock } from '../../shutdown/clock.js';
import { GrpcTransport } from './grpc.js';
import { KafkaTransport } from './kafka.js';
import { MqttTransport } from './mqtt.js';
import { NatsTransport } from './nats.js';
import type { PeerPatience } from './peer-patience.js';
import { RedisTransport } from './redis.js';
import { RmqTransport } from './rmq.js';
import type { RpcCalls } from './rpc-calls.js';
import type { RpcServer } from './rpc-server.js';
import type { RpcTransport } from './rpc-transport.js';
import { TcpTransport } from './tcp.js';

const BROKERS: ReadonlySet<string> = new Set(['redis', 'nats', 'mqtt', 'rmq', 'kafka']);

/** Whether a server fetches its messages, so that nobody connects to it. @internal */
export function isBroker(transport: string): boolean {
  return BROKERS.has(transport);
}

/**
 * The way to stop each server. For an unknown transport only the handlers are awaited; its author
 * can add a participant that stops its intake.
 *
 * @internal
 */
export function transportOf(
  server: RpcServer,
  calls: RpcCalls,
  broker: Broker,
  patience: () => PeerPatience,
  clock: Clock,
): RpcTransport {
  switch (server.transport) {
    case 'tcp':
      return new TcpTransport(server, calls, patience, clock);
    case 'redis':
      return new RedisTransport(server, broker);
    case 'nats':
      return new NatsTransport(server, broker);
    case 'mqtt':
      return new MqttTransport(server, broker);
    case 'grpc':
      return new GrpcTransport(server, patience, clock);
    case 'rmq':
      return new RmqTransport(server, calls, broker);
    case 'kafka':
      return new KafkaTransport(server, calls, clock);
    default:
      return {};
  }
}
