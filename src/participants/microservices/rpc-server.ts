import { type MakeMethod, ReplacedMethods } from '../../nest/replace-method.js';

/** The transports of `@nestjs/microservices`, by the number that `Transport` gives them. */
const TRANSPORTS = ['tcp', 'redis', 'nats', 'mqtt', 'grpc', 'rmq', 'kafka'] as const;

/**
 * The server of one transport, made by `@nestjs/microservices` or by a user. Half of what a
 * shutdown needs is not published, so every member is checked before use.
 *
 * @internal
 */
export class RpcServer {
  readonly #replaced = new ReplacedMethods();

  constructor(readonly instance: object) {}

  get transportId(): unknown {
    return this.field('transportId');
  }

  /** `tcp`, `rmq`, or the name of a custom strategy. */
  get transport(): string {
    const id = this.transportId;
    if (typeof id === 'number') return TRANSPORTS[id] ?? 'microservice';
    if (typeof id === 'symbol') return id.description ?? 'microservice';
    return typeof id === 'string' ? id : 'microservice';
  }

  /** The client or server of the library below; undefined if there is none (yet). */
  get driver(): unknown {
    try {
      return (this.instance as { unwrap?(): unknown }).unwrap?.();
    } catch {
      // `unwrap()` throws before `listen()`, and always for gRPC.
      return this.field('grpcClient') ?? undefined;
    }
  }

  /** RabbitMQ: the channel that amqp-connection-manager keeps open. */
  get channel(): unknown {
    return this.field('channel');
  }

  /** NATS: one for each pattern. */
  get subscriptions(): readonly unknown[] {
    const subscriptions = this.field('subscriptions');
    return Array.isArray(subscriptions) ? (subscriptions as unknown[]) : [];
  }

  /** Kafka: whether the client commits offsets, and not the handlers. */
  get autoCommits(): boolean {
    const options = this.field('options') as { run?: { autoCommit?: boolean } } | undefined;
    return options?.run?.autoCommit !== false;
  }

  /** What it listens to. */
  get patterns(): readonly string[] {
    const handlers = this.field('messageHandlers');
    return handlers instanceof Map ? [...handlers.keys()].map(String) : [];
  }

  /**
   * From now on the server neither listens nor consumes again, even after a reconnect: a TCP server
   * with `retryAttempts` would reopen its port, a reopened RabbitMQ channel would consume. Nor does
   * it wait a fixed time for handlers that have ended (`gracefulShutdown` of NATS: 10 s, more than
   * `closeTimeoutMs`).
   */
  retire(): void {
    if ('isManuallyTerminated' in this.instance) this.instance.isManuallyTerminated = true;
    this.replace('setupChannel', () => async (_channel: unknown, ready?: () => void) => ready?.());
    this.replace('waitForGracePeriod', () => async () => {});
  }

  /**
   * A microservice runs its teardown hooks after this `close()`, and not at all if it fails or
   * hangs. An unreachable broker must not prevent them.
   *
   * @param wait - bounds the wait for the broker
   */
  closeWithin(wait: (closing: unknown) => Promise<void>): void {
    this.replace('close', (close) => async () => {
      try {
        await wait(close());
      } catch (error) {
        this.report(error);
      }
    });
  }

  /** Logs an error as the server would. */
  report(error: unknown): void {
    (this.instance as { handleError?(error: unknown): void }).handleError?.(error);
  }

  /** Replaces a method until the application is closed. */
  replace(name: string, make: MakeMethod): void {
    this.#replaced.replace(this.instance, name, make);
  }

  restore(): void {
    this.#replaced.restore();
  }

  /** What is not published; undefined where there is none. */
  field(name: string): unknown {
    return Reflect.get(this.instance, name);
  }
}
