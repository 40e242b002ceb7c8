import { receiveWaitingBytes } from '../../connections/receive-waiting-bytes.js';
import type { Broker } from '../../consumers/broker.js';
import type { Clock } from '../../shutdown/clock.js';
import type { DrainTask } from '../../shutdown/drain-participant.js';
import { type TaskInFlight, TasksInFlight } from '../../shutdown/tasks-in-flight.js';
import type { RpcCallEnd } from './rpc-servers.js';
import { RpcStream } from './rpc-stream.js';

const LOOK_EVERY_MS = 50;

/** A message whose handler runs. @internal */
export interface RpcCall extends TaskInFlight {
  readonly context: unknown;
  readonly handler: RpcHandlerRun;
}

/** What became of the handler of a message. @internal */
export interface RpcHandlerRun {
  /** If it returned one. */
  stream?: RpcStream;
  hasThrown?: boolean;
}

/**
 * The messages that one server handles.
 *
 * @internal
 */
export class RpcCalls {
  readonly #calls: TasksInFlight<RpcCall>;
  #begun = 0;
  #endedStreams = 0;
  #replies = 0;

  constructor(
    private readonly clock: Clock,
    private readonly broker: Broker,
  ) {
    this.#calls = new TasksInFlight(clock);
  }

  /** The number of messages so far. */
  get begun(): number {
    return this.#begun;
  }

  get active(): number {
    return this.#calls.count;
  }

  get all(): Iterable<RpcCall> {
    return this.#calls;
  }

  tasks(): DrainTask[] {
    return this.#calls.list();
  }

  /** How many streams were ended before their handlers did. */
  get endedStreams(): number {
    return this.#endedStreams;
  }

  begin(label: string, context: unknown): RpcCallEnd {
    this.#begun += 1;
    const handler: RpcHandlerRun = {};
    const end = this.#calls.begin(label, { context, handler });
    return {
      end: () => void end(),
      fail: () => {
        handler.hasThrown = true;
        end();
      },
      endWith: (stream) => (handler.stream = new RpcStream()).follow(stream, end),
    };
  }

  /**
   * Ends streams whose caller has gone, checking regularly. Without `isGone`, ends those that have
   * fallen silent.
   *
   * @param isGone - whether the caller of a message has gone
   * @returns a function that stops it
   */
  endIdleStreams(isGone?: (context: unknown) => boolean): () => void {
    let cancel: (() => void) | undefined;
    const look = () => {
      this.#endIdleStreams(isGone);
      cancel = this.clock.after(LOOK_EVERY_MS, look);
    };
    look();
    return () => cancel?.();
  }

  /** Time is up. */
  cutStreams(): void {
    for (const { handler } of this.#calls) handler.stream?.cut();
  }

  /**
   * A reply is handed to the client library, which may take its time. @returns a function that
   * marks its end
   */
  beginReply(): () => void {
    this.#replies += 1;
    return () => void (this.#replies -= 1);
  }

  /** Resolves when no handler runs. */
  async idle(): Promise<void> {
    do {
      await this.#calls.none();
      // A message is decoded a tick before its handler begins, a reply sent a tick after its end.
      await receiveWaitingBytes(this.clock);
    } while (this.active > 0);
  }

  /** Resolves when no reply is on its way. */
  async replied(): Promise<void> {
    await this.broker.does(() => this.#replies === 0);
  }

  #endIdleStreams(isGone?: (context: unknown) => boolean): void {
    const now = this.clock.now();
    for (const { context, handler } of this.#calls) {
      const { stream } = handler;
      if (stream === undefined || !(isGone?.(context) ?? stream.isSilent(now))) continue;
      this.#endedStreams += 1;
      stream.complete();
    }
  }
}
