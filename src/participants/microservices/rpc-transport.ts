/**
 * How the intake of one transport is stopped, and its last reply brought to its peer. All methods
 * are called at most once but `flush`, and may reject.
 *
 * @internal
 */
export interface RpcTransport {
  /** The shutdown begins: no more of those messages that another instance can have. */
  handOver?(): Promise<void>;
  /** The grace period is over: no more messages. */
  stop?(): Promise<void>;
  /** After the last handler; resolves when the peer has all replies and acknowledgements. */
  flush?(): Promise<void>;
  /** Time is up. */
  force?(): void;
}

/**
 * What is used of a server of `@nestjs/microservices`.
 *
 * @internal
 */
export interface RpcServerLike {
  readonly transport: string;
  readonly driver: unknown;
  readonly channel: unknown;
  readonly subscriptions: readonly unknown[];
  readonly patterns: readonly string[];
  retire(): void;
  closeWithin(wait: (closing: unknown) => Promise<void>): void;
}
