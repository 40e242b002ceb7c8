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
  readonly #onEnd = new Set<() => void>();

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
      for (const tell of this.#onEnd) tell();
      this.#onEnd.clear();
      return isFirst;
    };
  }

  /** For the log: the oldest first. */
  list(): DrainTask[] {
    const now = this.clock.now();
    return [...this.#tasks].map(({ label, since }) => ({ label, ageMs: now - since }));
  }

  /** Resolves when none is in flight. */
  none(): Promise<void> {
    return this.#until(() => this.#tasks.size === 0);
  }

  /** Resolves when those that are in flight now have ended, whatever has begun since. */
  present(): Promise<void> {
    const present = [...this.#tasks];
    return this.#until(() => !present.some((task) => this.#tasks.has(task)));
  }

  async #until(isSo: () => boolean): Promise<void> {
    while (!isSo()) await new Promise<void>((resolve) => this.#onEnd.add(resolve));
  }
}
