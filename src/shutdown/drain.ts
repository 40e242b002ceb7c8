import type { Clock } from './clock.js';
import type { DrainParticipant, WorkUnderWay } from './drain-participant.js';
import type { ShutdownFailure } from './shutdown-outcome.js';
import { sleep } from './within.js';

/** Pause before asking again a participant that reports work after its `drain()` resolved. */
const ASK_AGAIN_MS = 10;

/**
 * All participants of one application, drained side by side. One that throws is recorded and left
 * out from then on; it holds nobody else.
 *
 * @internal
 */
export class Drain {
  readonly #participants = new Set<DrainParticipant>();
  readonly #stopped = new Map<DrainParticipant, Promise<void>>();
  readonly #failed = new Set<DrainParticipant>();
  #over = false;

  constructor(
    private readonly clock: Clock,
    private readonly onFailure: (failure: ShutdownFailure) => void,
  ) {}

  add(participant: DrainParticipant): () => void {
    this.#participants.add(participant);
    return () => void this.#participants.delete(participant);
  }

  get active(): number {
    let sum = 0;
    for (const participant of this.#participants) sum += participant.active();
    return sum;
  }

  /** What is under way, oldest first. */
  underWay(): WorkUnderWay[] {
    return [...this.#participants]
      .flatMap((participant) => describeWork(participant))
      .toSorted((a, b) => b.ageMs - a.ageMs);
  }

  summaries(): string[] {
    return [...this.#participants].flatMap((participant) => participant.summary?.() ?? []);
  }

  /** Stops the intake of those that stop at once. */
  stopEarlyIntake(): void {
    for (const participant of this.#participants) {
      if (participant.stopsAt === 'grace') void this.#stopIntake(participant);
    }
  }

  announce(windowMs: number): void {
    for (const participant of this.#participants) {
      void this.#guard(participant, () => participant.announce?.(windowMs));
    }
  }

  /** Resolves when nothing is under way, however often work brings new work. */
  async run(deadline: AbortSignal): Promise<void> {
    await this.#drainAll(deadline);
    while (!this.#over && this.#working().some((participant) => participant.active() > 0)) {
      await sleep(this.clock, ASK_AGAIN_MS);
      await this.#drainAll(deadline);
    }
  }

  /** Time is up: cuts what is left. @returns what that was */
  cut(): WorkUnderWay[] {
    this.#over = true;
    const left = this.underWay();
    for (const participant of this.#participants) {
      void this.#guard(participant, () => participant.force?.());
    }
    return left;
  }

  #working(): DrainParticipant[] {
    return [...this.#participants].filter((participant) => !this.#failed.has(participant));
  }

  async #drainAll(deadline: AbortSignal): Promise<void> {
    await Promise.all(
      this.#working().map(async (participant) => {
        await this.#stopIntake(participant);
        if (this.#failed.has(participant)) return;
        await this.#guard(participant, () => participant.drain(deadline));
      }),
    );
  }

  #stopIntake(participant: DrainParticipant): Promise<void> {
    let stopped = this.#stopped.get(participant);
    if (stopped === undefined) {
      stopped = this.#guard(participant, () => participant.stopIntake?.());
      this.#stopped.set(participant, stopped);
    }
    return stopped;
  }

  async #guard(
    participant: DrainParticipant,
    step: () => void | Promise<void> | undefined,
  ): Promise<void> {
    try {
      await step();
    } catch (error) {
      this.#failed.add(participant);
      this.onFailure({ where: `participant ${participant.name}`, error });
    }
  }
}

function describeWork(participant: DrainParticipant): readonly WorkUnderWay[] {
  if (participant.underWay !== undefined) return participant.underWay();
  return Array.from({ length: participant.active() }, () => ({
    label: participant.name,
    ageMs: 0,
  }));
}
