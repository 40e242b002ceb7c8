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

  /** @returns what ends it; more than once is once */
  begin(label: string): () => void {
    const entry = { label, since: this.clock.now() };
    this.#underWay.add(entry);
    return () => {
      if (this.#underWay.delete(entry) && this.#underWay.size === 0) this.#onIdle();
    };
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
}
