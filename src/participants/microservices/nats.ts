import type { Broker } from '../../consumers/broker.js';
import type { RpcServer } from './rpc-server.js';
import type { RpcTransport } from './rpc-transport.js';

/** The part of `nats` and `@nats-io/transport-node` that is used here. */
interface NatsConnection {
  flush(): Promise<void>;
  isClosed(): boolean;
}

interface NatsSubscription {
  readonly queue?: string;
  drain(): Promise<void>;
  isClosed(): boolean;
}

/**
 * NATS delivers a message to one member of each queue group, and to every subscriber without a
 * group.
 *
 * @internal
 */
export class NatsTransport implements RpcTransport {
  constructor(
    private readonly server: Pick<RpcServer, 'driver' | 'subscriptions' | 'retire'>,
    private readonly broker: Broker,
  ) {}

  async handOver(): Promise<void> {
    await this.#drain(({ queue }) => queue !== undefined && queue !== '');
  }

  async stop(): Promise<void> {
    this.server.retire();
    await this.#drain(() => true);
  }

  async flush(): Promise<void> {
    const connection = this.server.driver as NatsConnection | undefined;
    if (connection === undefined || connection.isClosed()) return;
    await this.broker.answers(connection.flush());
  }

  async #drain(which: (subscription: NatsSubscription) => boolean): Promise<void> {
    const subscriptions = (this.server.subscriptions as NatsSubscription[])
      .filter((subscription) => !subscription.isClosed())
      .filter(which);
    // Unsubscribes, and resolves when all messages on their way have reached their handlers.
    await this.broker.answers(Promise.all(subscriptions.map((one) => one.drain())));
  }
}
