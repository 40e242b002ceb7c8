import type { OnModuleInit } from '@nestjs/common';

import { AmqpAcknowledgements } from '../../consumers/amqp-acknowledgements.js';
import { Broker } from '../../consumers/broker.js';
import { type StopConsumers, stopOf } from '../../consumers/stop-consumers.js';
import type { BuiltProviders } from '../../nest/built-provider.js';
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
export class RabbitMqParticipant implements DrainParticipant, OnModuleInit {
  readonly name = 'rabbitmq';
  #managers: readonly AmqpConnectionManager[] = [];
  readonly #acknowledgements: AmqpAcknowledgements[] = [];
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

  /** The fallback without `prepare()`. */
  onModuleInit(): void {
    this.prepare();
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
    for (const channel of this.#channels) {
      void channel.addSetup((open) => {
        this.#acknowledgements.push(new AmqpAcknowledgements(open));
      });
    }
    await Promise.all(this.#connections.map(cancelConsumers));
  }

  active(): number {
    return this.#handlers.length;
  }

  /** Acknowledgements are sent when the handlers end, before Nest closes the channels. */
  async drain(): Promise<void> {
    await Promise.allSettled(this.#handlers);
    await this.#broker.does(() => this.#channels.every((channel) => channel.queueLength() === 0));
    const received = this.#acknowledgements.map((one) => one.received());
    await this.#broker.answers(Promise.all(received));
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

async function cancelConsumers(connection: AmqpConnection): Promise<void> {
  const cancel = async (): Promise<void> => {
    // Consumers of a lost connection cannot be cancelled.
    await Promise.allSettled(connection.consumerTags.map((tag) => connection.cancelConsumer(tag)));
  };
  // A reconnect would bring the consumers back.
  for (const channel of Object.values(connection.managedChannels)) {
    channel.on('connect', () => void cancel());
  }
  await cancel();
}
