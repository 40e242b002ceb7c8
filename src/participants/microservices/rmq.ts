import type { Broker } from './broker.js';
import type { RpcServerLike, RpcTransport } from './rpc-transport.js';

/** Of amqp-connection-manager: the channel that it opens again whenever it is lost. */
interface ChannelWrapper {
  addSetup(setup: (channel: Channel) => Promise<void>): Promise<void>;
  /** Replies that wait for a connection. */
  queueLength(): number;
  close(): Promise<void>;
}

/** Of amqplib. */
interface Channel {
  /** What it calls, by consumer tag. */
  readonly consumers?: ReadonlyMap<string, unknown>;
  cancel(consumerTag: string): Promise<unknown>;
  waitForConfirms?(): Promise<unknown>;
}

/**
 * RabbitMQ keeps a message for whoever consumes next, so this instance stops at once. A message
 * that the broker sends before it reads the cancellation is handled like any other; one that is
 * not acknowledged when Nest closes the channel goes back to its queue.
 *
 * @internal
 */
export class RmqTransport implements RpcTransport {
  #channel: Channel | undefined;

  constructor(
    private readonly server: Pick<RpcServerLike, 'channel' | 'retire' | 'closeWithin'>,
    private readonly broker: Broker,
  ) {
    server.closeWithin((closing) => broker.answers(closing));
  }

  async handOver(): Promise<void> {
    this.server.retire();
    const wrapper = this.#wrapper;
    // Runs at once with the channel that is open now, and again with each that is opened later.
    const cancelled = wrapper?.addSetup(async (channel) => {
      this.#channel = channel;
      const tags = [...(channel.consumers?.keys() ?? [])];
      await Promise.all(tags.map((tag) => channel.cancel(tag)));
    });
    await this.broker.answers(cancelled);
  }

  async flush(): Promise<void> {
    try {
      await this.broker.does(() => (this.#wrapper?.queueLength() ?? 0) === 0);
      await this.broker.answers(this.#channel?.waitForConfirms?.());
    } catch (error) {
      this.#giveUpReplies();
      throw error;
    }
  }

  /**
   * `close()` rejects each reply that is left, and Nest looks at none of these promises: unhandled,
   * they would end the process before its hooks have run.
   */
  #giveUpReplies(): void {
    if (this.#wrapper !== undefined) this.#wrapper.close = async () => {};
  }

  get #wrapper(): ChannelWrapper | undefined {
    return (this.server.channel as ChannelWrapper | null) ?? undefined;
  }
}
