import { replaceMethod } from '../nest/replace-method.js';

/** The part of an amqplib channel that is used here. It has no event for what it could not send. @internal */
export interface AmqpChannel {
  cancel(consumerTag: string): Promise<unknown>;
}

/** What settles a message; it returns nothing, and is not answered. */
const SETTLING = ['ack', 'ackAll', 'nack', 'nackAll', 'reject'];
/** The tag of no consumer. RabbitMQ confirms its cancellation nevertheless. */
const NO_CONSUMER = 'nestjs-drain';

/**
 * Follows the acknowledgements on one RabbitMQ channel from the signal on. amqplib does not report
 * those that are lost with their connection; the broker delivers their messages again.
 *
 * @internal
 */
export class AmqpAcknowledgements {
  #isUnconfirmed = false;
  #error: unknown;

  /** Nothing is restored: a channel ends with its connection. */
  constructor(private readonly channel: AmqpChannel) {
    for (const name of SETTLING) this.#follow(name);
  }

  /**
   * Resolves when the broker has all acknowledgements.
   *
   * @throws if one is lost
   */
  async received(): Promise<void> {
    try {
      if (this.#error !== undefined) throw this.#error;
      // The broker reads a channel in order: when it answers this, it has all that was sent before.
      if (this.#isUnconfirmed) await this.channel.cancel(NO_CONSUMER);
      this.#isUnconfirmed = false;
    } catch (cause) {
      const reason = cause instanceof Error ? cause.message : String(cause);
      throw new Error(
        `a message was handled but not acknowledged, so RabbitMQ delivers it again: ${reason}`,
        { cause },
      );
    }
  }

  #follow(name: string): void {
    replaceMethod(this.channel, name, (settle) => (...args: unknown[]): unknown => {
      this.#isUnconfirmed = true;
      try {
        return settle(...args) as unknown;
      } catch (error) {
        this.#error ??= error;
        throw error;
      }
    });
  }
}
