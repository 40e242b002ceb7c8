/**
 * Stops the intake of one transport, and delivers its last reply. Each method but `flush` is called
 * at most once, and may reject.
 *
 * @internal
 */
export interface RpcTransport {
  /** The shutdown begins: stop taking messages that another instance can take. */
  handOver?(): Promise<void>;
  /** The grace period is over: no more messages. */
  stop?(): Promise<void>;
  /** After the last handler; resolves when the peer has all replies and acknowledgements. */
  flush?(): Promise<void>;
  /**
   * Whether the caller of a message has gone. Left out for brokers, which do not show it: their
   * streams of replies are ended when they fall silent.
   */
  isGone?(context: unknown): boolean;
  /** Time is up. */
  force?(): void;
}
