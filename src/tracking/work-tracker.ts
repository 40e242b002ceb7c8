import type { Clock } from '../shutdown/clock.js';
import type { DrainParticipant, WorkUnderWay } from '../shutdown/drain-participant.js';

/**
 * Work without a connection of its own: background promises, job handlers, messages.
 *
 * @internal
 */
export class WorkTracker implements DrainParticipant {
  readonly name = 'work';
  readonly #underWay = new Set<{ readonly label: string; readonly since: number }>();
  readonly #counts = new WeakMap<object, number>();
  #onIdle = () => {};

  constructor(
    private readonly clock: Clock,
    private readonly deadline: AbortSignal,
  ) {}

  async track<T>(
    work: Promise<T> | ((deadline: AbortSignal) => Promise<T>),
    label: string,
  ): Promise<T> {
    const end = this.begin(label);
    try {
      return await (typeof work === 'function' ? work(this.deadline) : work);
    } finally {
      end();
    }
  }

  /**
   * @param connection - what the work came by, if it can be asked for later
   * @returns what ends it; more than once is once
   */
  begin(label: string, connection?: object): () => void {
    const entry = { label, since: this.clock.now() };
    this.#underWay.add(entry);
    if (connection !== undefined) this.#count(connection, 1);
    return () => {
      if (!this.#underWay.delete(entry)) return;
      if (connection !== undefined) this.#count(connection, -1);
      if (this.#underWay.size === 0) this.#onIdle();
    };
  }

  /** How much of the work came by this connection. */
  countOf(connection: object): number {
    return this.#counts.get(connection) ?? 0;
  }

  active(): number {
    return this.#underWay.size;
  }

  underWay(): readonly WorkUnderWay[] {
    const now = this.clock.now();
    return [...this.#underWay].map(({ label, since }) => ({ label, ageMs: now - since }));
  }

  async drain(): Promise<void> {
    do {
      if (this.active() > 0) await new Promise<void>((resolve) => (this.#onIdle = resolve));
      // The reply to a message is written after its handler has ended.
      await this.clock.turn();
    } while (this.active() > 0);
  }
  #count(connection: object, change: 1 | -1): void {
    this.#counts.set(connection, this.countOf(connection) + change);
  }
}
