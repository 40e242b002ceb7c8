import type { Clock } from '../shutdown/clock.js';
import type { DrainParticipant, DrainTask } from '../shutdown/drain-participant.js';
import type { ShutdownSequence } from '../shutdown/shutdown-sequence.js';
import { TasksInFlight } from '../shutdown/tasks-in-flight.js';

/** The work that one connection brought. @internal */
export interface ConnectionWork {
  readonly running: number;
  /** How much there has been. */
  readonly begun: number;
}

const NONE: ConnectionWork = { running: 0, begun: 0 };

/**
 * The trackers of the applications that run in this process. A decorated method does not know which
 * application its object belongs to (it may be request-scoped, or made by hand), so it holds them
 * all; nearly always there is one.
 *
 * @internal
 */
export const liveTrackers = new Set<WorkTracker>();

/**
 * Work without a connection of its own: background promises, job handlers, messages.
 *
 * @internal
 */
export class WorkTracker implements DrainParticipant {
  readonly name = 'work';
  readonly #tasks: TasksInFlight;
  readonly #counts = new WeakMap<object, ConnectionWork>();

  constructor(
    private readonly clock: Clock,
    private readonly sequence: Pick<ShutdownSequence, 'deadlineSignal'>,
  ) {
    this.#tasks = new TasksInFlight(clock);
    liveTrackers.add(this);
  }

  dispose(): void {
    liveTrackers.delete(this);
  }

  async track<T>(
    work: Promise<T> | ((deadline: AbortSignal) => Promise<T>),
    label: string,
  ): Promise<T> {
    const end = this.begin(label);
    try {
      return await (typeof work === 'function' ? work(this.sequence.deadlineSignal) : work);
    } finally {
      end();
    }
  }

  /**
   * @param connection - the connection that brought the work, to ask for it later
   * @returns a function that ends it; further calls do nothing
   */
  begin(label: string, connection?: object): () => void {
    if (connection !== undefined) this.#count(connection, 1);
    const end = this.#tasks.begin(label);
    return () => {
      if (end() && connection !== undefined) this.#count(connection, -1);
    };
  }

  /** How much of the work came by this connection. */
  countOf(connection: object): ConnectionWork {
    return this.#counts.get(connection) ?? NONE;
  }

  active(): number {
    return this.#tasks.count;
  }

  tasks(): readonly DrainTask[] {
    return this.#tasks.list();
  }

  /** Waits for what is in flight now: a consumer that stops last may bring more without end. */
  async drain(): Promise<void> {
    await this.#tasks.present();
    // A reply is written after its handler has ended.
    await this.clock.turn();
  }

  #count(connection: object, change: 1 | -1): void {
    const { running, begun } = this.countOf(connection);
    const began = change > 0 ? 1 : 0;
    this.#counts.set(connection, { running: running + change, begun: begun + began });
  }
}
