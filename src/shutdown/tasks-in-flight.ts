import type { Clock } from './clock.js';
import type { DrainTask } from './drain-participant.js';

/** A task in flight. @internal */
export interface TaskInFlight {
  readonly label: string;
  /** When it began, by the clock. */
  readonly since: number;
}

/**
 * The tasks of one kind that are in flight, in the order in which they began.
 *
 * @internal
 */
export class TasksInFlight<Task extends TaskInFlight = TaskInFlight> {
  readonly #tasks = new Set<Task>();
  #onNone = () => {};

  constructor(private readonly clock: Clock) {}

  get count(): number {
    return this.#tasks.size;
  }

  [Symbol.iterator](): Iterator<Task> {
    return this.#tasks.values();
  }

  /**
   * @param rest - the other fields of the task
   * @returns a function that ends it; further calls do nothing
   */
  begin(label: string, rest?: Omit<Task, keyof TaskInFlight>): () => boolean {
    const task = { label, since: this.clock.now(), ...rest } as Task;
    this.#tasks.add(task);
    return () => {
      const isFirst = this.#tasks.delete(task);
      if (isFirst && this.#tasks.size === 0) this.#onNone();
      return isFirst;
    };
  }

  /** For the log: the oldest first. */
  list(): DrainTask[] {
    const now = this.clock.now();
    return [...this.#tasks].map(({ label, since }) => ({ label, ageMs: now - since }));
  }

  /** Resolves when none is in flight. */
  async none(): Promise<void> {
    while (this.#tasks.size > 0) await new Promise<void>((resolve) => (this.#onNone = resolve));
  }
}
