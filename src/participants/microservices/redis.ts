import type { Broker } from '../../consumers/broker.js';
import type { RpcServer } from './rpc-server.js';
import type { RpcTransport } from './rpc-transport.js';

/** The part of an ioredis client that is used here. */
interface RedisClient {
  unsubscribe(): Promise<unknown>;
  punsubscribe(): Promise<unknown>;
}

/**
 * Redis publishes to every instance, and none can answer for another, so each one listens to the
 * end of its grace period. A reply counts as sent when Redis has it, so there is nothing to flush.
 * Nest closes the replying client before the listening one, so listening must stop first.
 *
 * @internal
 */
export class RedisTransport implements RpcTransport {
  constructor(
    private readonly server: Pick<RpcServer, 'driver' | 'closeWithin'>,
    private readonly broker: Broker,
  ) {
    server.closeWithin((closing) => broker.answers(closing));
  }

  async stop(): Promise<void> {
    const [, subscriber] = (this.server.driver ?? []) as (RedisClient | undefined)[];
    if (subscriber === undefined) return;
    const answers = [subscriber.unsubscribe(), subscriber.punsubscribe()];
    await this.broker.answers(Promise.all(answers));
  }
}
