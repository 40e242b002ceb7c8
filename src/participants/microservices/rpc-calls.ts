import { receiveWaitingBytes } from '../../connections/receive-waiting-bytes.js';
import type { Clock } from '../../shutdown/clock.js';
import type { DrainTask } from '../../shutdown/drain-participant.js';
import { type TaskInFlight, TasksInFlight } from '../../shutdown/tasks-in-flight.js';
import type { Broker } from './broker.js';

/** A message whose handler runs. @internal */
export interface RpcCall extends TaskInFlight {
  readonly context: unknown;
}

/**
 * The messages that one server handles.
 *
 * @internal
 */
export class RpcCalls {
  readonly #calls: TasksInFlight<RpcCall>;
  #begun = 0;
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

  /** @returns a function that stops it */
  begin(label: string, context: unknown): () => void {
    this.#begun += 1;
    return this.#calls.begin(label, { context });
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
}
