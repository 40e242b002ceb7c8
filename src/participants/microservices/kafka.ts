import type { Clock } from '../../shutdown/clock.js';
import { within } from '../../shutdown/within.js';
import { type KafkaConsumer, KafkaOffsets } from './kafka-offsets.js';
import type { RpcCalls } from './rpc-calls.js';
import type { RpcServer } from './rpc-server.js';
import type { RpcTransport } from './rpc-transport.js';

/** How long the last message may take to be committed; Nest's `close()` waits for the rest of a poll. */
const POLL_MS = 2000;
/**
 * Together they make up the 5 s of a poll. kafkajs would try longer to reach a broker that is gone.
 */
const CLOSE_MS = 3000;

/**
 * Kafka gives the partitions of a leaving consumer to the others in its group, so this instance
 * stops at once. A reply counts as sent when the broker has it.
 *
 * @internal
 */
export class KafkaTransport implements RpcTransport {
  #stopped: Promise<void> | undefined;
  #offsets: KafkaOffsets | undefined;

  constructor(
    private readonly server: Pick<RpcServer, 'driver' | 'patterns' | 'autoCommits' | 'closeWithin'>,
    private readonly calls: Pick<RpcCalls, 'all'>,
    private readonly clock: Clock,
  ) {
    server.closeWithin(async (closing) => {
      if (await within(clock, CLOSE_MS, Promise.resolve(closing))) await closing;
    });
  }

  /** From now on no message begins. */
  async handOver(): Promise<void> {
    const consumer = this.#consumer;
    if (consumer === undefined) return;
    if (this.server.autoCommits) {
      this.#offsets = new KafkaOffsets(consumer, this.calls.all);
      void this.#stop(consumer);
    } else {
      // A stopped consumer ignores what handlers commit. A paused one may begin one more message of
      // each partition that it has fetched.
      consumer.pause(this.server.patterns.map((topic) => ({ topic })));
    }
  }

  /**
   * `stop()` commits the last message and leaves the group. Slowness is no failure: it waits for
   * its poll, 5 s if no message comes (`maxWaitTimeInMs`). If the broker is gone, it would wait
   * without a bound (kafkajs#571), so the wait is bounded here.
   */
  async flush(): Promise<void> {
    const consumer = this.#consumer;
    if (consumer === undefined) return;
    const stopped = this.#stop(consumer);
    if (await within(this.clock, POLL_MS, stopped)) await stopped;
    this.#offsets?.received();
  }

  #stop(consumer: KafkaConsumer): Promise<void> {
    if (this.#stopped === undefined) {
      this.#stopped = consumer.stop();
      this.#stopped.catch(() => {});
    }
    return this.#stopped;
  }

  get #consumer(): KafkaConsumer | undefined {
    const [, consumer] = (this.server.driver ?? []) as (KafkaConsumer | null | undefined)[];
    return consumer ?? undefined;
  }
}
