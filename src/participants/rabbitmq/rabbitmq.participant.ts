import { AmqpAcknowledgements, type AmqpChannel } from '../../consumers/amqp-acknowledgements.js';
import { flushPublished } from '../../consumers/amqp-publishing.js';
import { Broker } from '../../consumers/broker.js';
import { type StopConsumers, stopOf } from '../../consumers/stop-consumers.js';
import type { BuiltProviders } from '../../nest/built-provider.js';
import { ReplacedMethods } from '../../nest/replace-method.js';
import type { Clock } from '../../shutdown/clock.js';
import type { DrainParticipant } from '../../shutdown/drain-participant.js';
import {
  type AmqpConnection,
  type AmqpConnectionManager,
  connectionManagersOf,
  type ManagedChannel,
} from './amqp-connections.js';

/**
 * The consumers of `@golevelup/nestjs-rabbitmq`. They are cancelled at the signal, so that the
 * broker delivers to other instances. A message that does not end in time is not acknowledged, and
 * goes back to its queue when the connection ends.
 *
 * @internal
 */
export class RabbitMqParticipant implements DrainParticipant {
  readonly name = 'rabbitmq';
  #managers: readonly AmqpConnectionManager[] = [];
  readonly #acknowledgements = new Map<AmqpChannel, AmqpAcknowledgements>();
  readonly #replaced = new ReplacedMethods();
  #hasFailed = false;
  readonly #broker: Broker;

  constructor(
    private readonly providers: BuiltProviders,
    private readonly options: StopConsumers,
    clock: Clock,
  ) {
    this.#broker = new Broker(clock);
  }

  prepare(): void {
    this.#managers = connectionManagersOf(this.providers);
  }

  /** `auto` finds nothing here: every application of this library has a publisher. */
  get stopsAt(): 'grace' | 'last' {
    return stopOf(this.options, () => false);
  }

  hasStoppedConsumers(): boolean {
    return this.stopsAt === 'grace' && this.takesWork();
  }

  takesWork(): boolean {
    return this.#connections.some(({ consumerTags }) => consumerTags.length > 0);
  }

  async stopIntake(): Promise<void> {
    for (const manager of this.#managers) this.#closesInTime(manager);
    const cancelled = this.#connections.map((connection) => this.#cancelConsumers(connection));
    await this.#broker.answers(Promise.all(cancelled));
  }

  active(): number {
    return this.#handlers.length;
  }

  /** Acknowledgements are sent when the handlers end, before Nest closes the channels. */
  async drain(): Promise<void> {
    await Promise.allSettled(this.#handlers);
    await this.#flush();
    const received = [...this.#acknowledgements.values()].map((one) => one.received());
    await this.#broker.answers(Promise.all(received));
  }

  dispose(): void {
    this.#replaced.restore();
  }

  /**
   * What hooks have published is sent first. The library itself would wait for a broker that is
   * silent, and hold up the other hooks.
   */
  #closesInTime(manager: AmqpConnectionManager): void {
    this.#replaced.replace(manager, 'close', (close) => async () => {
      try {
        await this.#flush();
      } finally {
        await this.#broker.answers(close()).catch(() => {});
      }
    });
  }

  async #cancelConsumers(connection: AmqpConnection): Promise<void> {
    const cancel = async (): Promise<void> => {
      const tags = connection.consumerTags;
      for (const tag of tags) this.#follow(connection.getConsumer?.(tag)?.channel);
      // Consumers of a lost connection cannot be cancelled.
      await Promise.allSettled(tags.map((tag) => connection.cancelConsumer(tag)));
    };
    // A reconnect would bring the consumers back.
    for (const channel of Object.values(connection.managedChannels)) {
      channel.on('connect', () => void cancel());
    }
    await cancel();
  }

  /** @throws once, if RabbitMQ does not have what was published */
  async #flush(): Promise<void> {
    if (this.#hasFailed) return;
    try {
      await Promise.all(this.#channels.map((channel) => flushPublished(channel, this.#broker)));
    } catch (error) {
      this.#hasFailed = true;
      throw error;
    }
  }

  /** Also a channel that was lost: it still has messages whose handlers run. */
  #follow(channel: AmqpChannel | undefined): void {
    if (channel === undefined || this.#acknowledgements.has(channel)) return;
    this.#acknowledgements.set(channel, new AmqpAcknowledgements(channel));
  }

  get #connections(): AmqpConnection[] {
    return this.#managers.flatMap((manager) => manager.getConnections());
  }

  get #channels(): ManagedChannel[] {
    return this.#connections.flatMap(({ managedChannels }) => Object.values(managedChannels));
  }

  get #handlers(): Promise<void>[] {
    return this.#connections.flatMap((connection) => [
      ...(connection.outstandingMessageProcessing ?? []),
    ]);
  }
}
