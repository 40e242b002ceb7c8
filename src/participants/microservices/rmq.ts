import { AmqpAcknowledgements, type AmqpChannel } from '../../consumers/amqp-acknowledgements.js';
import { flushPublished, type PublishingChannel } from '../../consumers/amqp-publishing.js';
import type { Broker } from '../../consumers/broker.js';
import type { RpcCalls } from './rpc-calls.js';
import type { RpcServer } from './rpc-server.js';
import type { RpcTransport } from './rpc-transport.js';

/** The channel of amqp-connection-manager, which reopens it whenever it is lost. */
interface ChannelWrapper extends PublishingChannel {
  addSetup(setup: (channel: Channel) => unknown): Promise<void>;
}

/** The part of an amqplib channel that is used here. */
interface Channel extends AmqpChannel {
  /** The callbacks, by consumer tag. */
  readonly consumers?: ReadonlyMap<string, unknown>;
  waitForConfirms?(): Promise<unknown>;
}

/**
 * RabbitMQ keeps a message for the next consumer, so this instance stops at once. A message that
 * the broker sends before it reads the cancellation is handled like any other. One that is not
 * acknowledged when Nest closes the channel goes back to its queue.
 *
 * @internal
 */
export class RmqTransport implements RpcTransport {
  readonly #acknowledgements = new Map<object, AmqpAcknowledgements>();

  constructor(
    private readonly server: Pick<RpcServer, 'channel' | 'retire' | 'closeWithin'>,
    private readonly calls: Pick<RpcCalls, 'all'>,
    private readonly broker: Broker,
  ) {
    server.closeWithin((closing) => broker.answers(closing));
  }

  async handOver(): Promise<void> {
    this.server.retire();
    // A channel that was lost still has messages whose handlers run.
    for (const { context } of this.calls.all) this.#follow(channelOf(context));
    const wrapper = this.#wrapper;
    // Runs at once with the open channel, and again with each one that is opened later.
    const cancelled = wrapper?.addSetup(async (channel) => {
      this.#follow(channel);
      const tags = [...(channel.consumers?.keys() ?? [])];
      await Promise.all(tags.map((tag) => channel.cancel(tag)));
    });
    await this.broker.answers(cancelled);
  }

  async flush(): Promise<void> {
    if (this.#wrapper !== undefined) await flushPublished(this.#wrapper, this.broker);
    const received = [...this.#acknowledgements.values()].map((one) => one.received());
    await this.broker.answers(Promise.all(received));
  }

  #follow(channel: AmqpChannel | undefined): void {
    if (channel === undefined || this.#acknowledgements.has(channel)) return;
    this.#acknowledgements.set(channel, new AmqpAcknowledgements(channel));
  }

  get #wrapper(): ChannelWrapper | undefined {
    return (this.server.channel as ChannelWrapper | null) ?? undefined;
  }
}

/** The channel that a message came by, as Nest's context has it. */
function channelOf(context: unknown): AmqpChannel | undefined {
  return (context as { getChannelRef?(): AmqpChannel } | undefined)?.getChannelRef?.();
}
