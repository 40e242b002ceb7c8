import type { RpcCall } from './rpc-calls.js';

/** The part of a kafkajs consumer that is used here. @internal */
export interface KafkaConsumer {
  readonly events?: Readonly<Record<string, string>>;
  on?(event: string, listener: (event: CommitEvent) => void): unknown;
  stop(): Promise<void>;
  pause(topics: readonly { readonly topic: string }[]): void;
}

/** What kafkajs publishes when Kafka has offsets. */
interface CommitEvent {
  readonly payload: {
    readonly topics: readonly {
      readonly topic: string;
      readonly partitions: readonly { readonly partition: number; readonly offset: string }[];
    }[];
  };
}

/** The part of Nest's context of a message that is used here. */
interface KafkaContext {
  getTopic(): string;
  getPartition(): number;
  getMessage(): { readonly offset: string };
}

/**
 * The offsets of the messages that are in flight at the signal. A stopped consumer of kafkajs
 * swallows the error of a commit; Kafka delivers these messages again.
 *
 * @internal
 */
export class KafkaOffsets {
  /** The next offset that Kafka would deliver, by topic and partition. */
  readonly #committed = new Map<string, bigint>();
  readonly #calls: readonly RpcCall[];

  /** Nothing is restored: the consumer ends with the shutdown. */
  constructor(consumer: KafkaConsumer, calls: Iterable<RpcCall>) {
    const event = consumer.events?.['COMMIT_OFFSETS'];
    const isKnown = event !== undefined && consumer.on !== undefined;
    this.#calls = isKnown ? [...calls] : [];
    if (isKnown) consumer.on?.(event, (commit) => this.#follow(commit));
  }

  /** @throws if a message was handled, and Kafka does not have its offset */
  received(): void {
    const lost = this.#calls.find((call) => isHandled(call) && !this.#has(call.context));
    if (lost === undefined) return;
    const context = lost.context as KafkaContext;
    const place = `${context.getTopic()}, partition ${context.getPartition()}`;
    throw new Error(
      `a message was handled but its offset not committed, so Kafka delivers it again: ${place}`,
    );
  }

  #follow({ payload }: CommitEvent): void {
    for (const { topic, partitions } of payload.topics) {
      for (const { partition, offset } of partitions) {
        this.#committed.set(keyOf(topic, partition), BigInt(offset));
      }
    }
  }

  #has(context: unknown): boolean {
    const message = context as KafkaContext;
    const committed = this.#committed.get(keyOf(message.getTopic(), message.getPartition()));
    return committed !== undefined && committed > BigInt(message.getMessage().offset);
  }
}

/** One that fails is not committed, as its handler decides. */
function isHandled({ handler: { stream, hasThrown } }: RpcCall): boolean {
  return hasThrown !== true && stream?.hasFailed !== true;
}

function keyOf(topic: string, partition: number): string {
  return `${topic} ${partition}`;
}
