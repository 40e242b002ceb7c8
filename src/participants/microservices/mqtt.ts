import type { Broker } from '../../consumers/broker.js';
import type { RpcServer } from './rpc-server.js';
import type { RpcTransport } from './rpc-transport.js';

/** The part of an mqtt.js client that is used here. */
interface MqttClient {
  readonly connected: boolean;
  /** The packets that the broker has not acknowledged yet. */
  readonly outgoing?: Readonly<Record<number, unknown>>;
  unsubscribeAsync(topics: readonly string[]): Promise<unknown>;
}

/**
 * MQTT delivers a message to one member of each shared subscription, and to every other subscriber.
 *
 * @internal
 */
export class MqttTransport implements RpcTransport {
  constructor(
    private readonly server: Pick<RpcServer, 'driver' | 'patterns'>,
    private readonly broker: Broker,
  ) {}

  async handOver(): Promise<void> {
    await this.#unsubscribe(this.server.patterns.filter((topic) => topic.startsWith('$share/')));
  }

  async stop(): Promise<void> {
    await this.#unsubscribe(this.server.patterns);
  }

  /** Nest does not wait for `end()`, which would do the same. */
  async flush(): Promise<void> {
    // Packets are in order: when the broker answers this one, it has all before it.
    await this.#unsubscribe(this.server.patterns.slice(0, 1));
    await this.broker.does(() => this.#isAcknowledged());
  }

  #isAcknowledged(): boolean {
    const client = this.#client;
    return client?.connected !== true || Object.keys(client.outgoing ?? {}).length === 0;
  }

  async #unsubscribe(topics: readonly string[]): Promise<void> {
    if (topics.length === 0 || this.#client === undefined) return;
    await this.broker.answers(this.#client.unsubscribeAsync(topics));
  }

  get #client(): MqttClient | undefined {
    return this.server.driver as MqttClient | undefined;
  }
}
