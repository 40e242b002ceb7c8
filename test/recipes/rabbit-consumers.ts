import { type AmqpConnection, AmqpConnectionManager } from '@golevelup/nestjs-rabbitmq';
import { Injectable } from '@nestjs/common';

import { DrainParticipant } from '../../src/index.js';

/** The consumers of `@golevelup/nestjs-rabbitmq`: as a provider, that is all it takes. */
@Injectable()
@DrainParticipant()
export class RabbitConsumers implements DrainParticipant {
  readonly name = 'rabbitmq';
  /** At once: the broker has other consumers for what it holds. */
  readonly stopsAt = 'grace';

  constructor(private readonly manager: AmqpConnectionManager) {}

  async stopIntake(): Promise<void> {
    await Promise.all(this.manager.getConnections().map(cancelConsumers));
  }

  active(): number {
    return this.handlers().length;
  }

  /** The acknowledgements are sent with the handlers' ends, and before Nest closes the channels. */
  async drain(): Promise<void> {
    await Promise.allSettled(this.handlers());
  }

  /** Private there, and not `#private`: what has been renamed does not compile. */
  private handlers(): Promise<void>[] {
    return this.manager
      .getConnections()
      .flatMap((connection) => [...connection['outstandingMessageProcessing']]);
  }
}

async function cancelConsumers(connection: AmqpConnection): Promise<void> {
  const cancel = async (): Promise<void> => {
    const { consumerTags } = connection;
    // Those of a connection that was lost are among them, and cannot be cancelled.
    await Promise.allSettled(consumerTags.map((tag) => connection.cancelConsumer(tag)));
  };
  // A connection that comes back brings its consumers with it.
  for (const channel of Object.values(connection.managedChannels)) {
    channel.on('connect', () => void cancel());
  }
  await cancel();
}
