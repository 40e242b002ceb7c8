/** Of amqplib, which offers no event for what it could not send. @internal */
export interface AmqpChannel {
  cancel(consumerTag: string): Promise<unknown>;
}

/** What settles a message; it returns nothing, and is not answered. */
const SETTLING = ['ack', 'ackAll', 'nack', 'nackAll', 'reject'];
/** Of no consumer: RabbitMQ answers its cancellation all the same. */
const NO_CONSUMER = 'nestjs-drain';

/**
 * The acknowledgements of one RabbitMQ channel from the signal on. Of those that are lost with
 * their connection nobody hears: the broker delivers their messages again.
 *
 * @internal
 */
export class AmqpAcknowledgements {
  #isUnconfirmed = false;
  #error: unknown;

  /** Follows the channel to its end, as each connection has channels of its own. */
  constructor(private readonly channel: AmqpChannel) {
    for (const name of SETTLING) this.#follow(name);
  }

  /**
   * Resolves when the broker has them all.
   *
   * @throws if it has not
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
        `a message was handled and not acknowledged, RabbitMQ delivers it again (${reason})`,
        { cause },
      );
    }
  }

  #follow(name: string): void {
    const settle: unknown = Reflect.get(this.channel, name);
    if (typeof settle !== 'function') return;
    const value = (...args: unknown[]): unknown => {
      this.#isUnconfirmed = true;
      try {
        return settle.apply(this.channel, args) as unknown;
      } catch (error) {
        this.#error ??= error;
        throw error;
      }
    };
    Object.defineProperty(this.channel, name, { value, configurable: true, writable: true });
  }
}
