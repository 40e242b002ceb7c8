import type { Clock } from './clock.js';
import type { DrainParticipant, DrainTask } from './drain-participant.js';
import { plain } from './plain-text.js';
import type { ShutdownFailure } from './shutdown-outcome.js';
import { aborted, never, within } from './within.js';

/** The pause before a participant is asked again that reports work after its `drain()` resolved. */
const ASK_AGAIN_MS = 10;
/** The most tasks that a participant lists. */
const LONGEST_NAME = 120;

/** The state of one participant. @internal */
export interface ParticipantState {
  readonly name: string;
  readonly active: number;
  /** The number of its tasks that were cut. */
  readonly cut: number;
  readonly summary: string | undefined;
}

/**
 * All participants of one application, drained side by side. What one of them throws is recorded,
 * and holds up no other.
 *
 * @internal
 */
export class Drain {
  readonly #participants = new Set<DrainParticipant>();
  readonly #stopped = new Map<DrainParticipant, Promise<unknown>>();
  readonly #waitedFor = new Set<DrainParticipant>();
  /** Participants whose `drain()` threw, which are not waited for. */
  readonly #givenUp = new Set<DrainParticipant>();
  /** Participants that threw when asked for their state, which is reported once. */
  readonly #unanswering = new Set<DrainParticipant>();
  readonly #cut = new Map<DrainParticipant, number>();
  readonly #over = new AbortController();

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
    for (const participant of this.#participants) sum += this.#activeOf(participant);
    return sum;
  }

  /** What is in flight, oldest first. */
  tasks(): DrainTask[] {
    return [...this.#participants]
      .flatMap((participant) => this.#ask(participant, () => describeWork(participant), []))
      .map((work) => ({ ...work, label: plain(work.label, LONGEST_NAME) }))
      .toSorted((a, b) => (b.ageMs ?? 0) - (a.ageMs ?? 0));
  }

  states(): ParticipantState[] {
    return [...this.#participants].map((participant) => ({
      name: plain(participant.name, LONGEST_NAME),
      active: this.#activeOf(participant),
      cut: this.#cut.get(participant) ?? 0,
      summary: this.#ask(participant, () => summaryOf(participant), undefined),
    }));
  }

  /** How long idle peers may stay if nobody waits for the end. */
  idleMs(): number {
    const all = [...this.#participants];
    return Math.max(0, ...all.map((one) => this.#ask(one, () => one.idleMs?.() ?? 0, 0)));
  }

  /** Whether work comes by itself, as from a queue or a schedule. */
  takesWork(): boolean {
    return [...this.#participants].some((one) =>
      this.#ask(one, () => one.takesWork?.() ?? hasEarlyIntake(one), false),
    );
  }

  /** Whether consumers were stopped at the signal. */
  hasStoppedConsumers(): boolean {
    return [...this.#participants].some((one) =>
      this.#ask(one, () => one.hasStoppedConsumers?.() ?? false, false),
    );
  }

  /** What holds the drain while nothing is in flight: idle connections, a broker. */
  waitsFor(): string[] {
    return [...this.#waitedFor]
      .filter((participant) => this.#activeOf(participant) === 0)
      .map((one) =>
        plain(this.#ask(one, () => one.waitsFor?.(), undefined) ?? one.name, LONGEST_NAME),
      );
  }

  /** The names of participants that have nothing in flight, and have not finished. */
  unfinished(): string[] {
    return [...this.#waitedFor]
      .filter((participant) => this.#activeOf(participant) === 0)
      .map(nameOf);
  }

  /** The shutdown begins. */
  takeStock(): void {
    for (const one of this.#participants) this.#ask(one, () => one.takeStock?.(), undefined);
  }

  /** Stops the intake of the participants that stop at once. */
  stopEarlyIntake(): void {
    for (const participant of this.#participants) {
      if (this.#stopsAt(participant) === 'grace') void this.#stopIntake(participant);
    }
  }

  announce(windowMs: number): void {
    for (const participant of this.#participants) {
      void this.#guard(participant, () => participant.announce?.(windowMs));
    }
  }

  /** Resolves when nothing is in flight, however often work brings new work. */
  async run(deadline: AbortSignal): Promise<void> {
    const { signal: over } = this.#over;
    await this.#drainInTurn(deadline);
    while (!over.aborted && this.#working().some((one) => this.#activeOf(one) > 0)) {
      await within(this.clock, ASK_AGAIN_MS, never(), over);
      if (!over.aborted) await this.#drainAll(this.#working(), deadline);
    }
  }

  /** Time is up: cuts the remaining work. @returns the tasks that were cut */
  cut(): DrainTask[] {
    this.#over.abort();
    const left = this.tasks();
    for (const one of this.#participants) this.#cut.set(one, this.#activeOf(one));
    for (const participant of this.#participants) {
      void this.#stopIntake(participant);
      void this.#guard(participant, () => participant.force?.());
    }
    return left;
  }

  #stopsAt(participant: DrainParticipant): DrainParticipant['stopsAt'] {
    return this.#ask(participant, () => participant.stopsAt, 'grace');
  }

  #working(): DrainParticipant[] {
    return [...this.#participants].filter((participant) => !this.#givenUp.has(participant));
  }

  /** Those that stop last go on for as long as others may wait for what they do. */
  async #drainInTurn(deadline: AbortSignal): Promise<void> {
    const isLast = (participant: DrainParticipant) => this.#stopsAt(participant) === 'last';
    const last = this.#working().filter(isLast);
    const others = this.#working().filter((participant) => !isLast(participant));
    let drained = this.#drainAll(others, deadline);
    if (last.length > 0) {
      // Again, for the background work that a request has left behind. Not until nothing is in
      // flight: what is still taken may begin such work without end.
      drained = drained.then(() => this.#drainAll(others, deadline));
      await Promise.race([drained, aborted(deadline)]);
    }
    await Promise.all([drained, this.#drainAll(last, deadline)]);
    // What the last ones have sent off is awaited, too.
    if (last.length > 0) await this.#drainAll(others, deadline);
  }

  async #drainAll(participants: readonly DrainParticipant[], deadline: AbortSignal): Promise<void> {
    await Promise.all(participants.map((participant) => this.#drainOne(participant, deadline)));
  }

  async #drainOne(participant: DrainParticipant, deadline: AbortSignal): Promise<void> {
    this.#waitedFor.add(participant);
    await this.#stopIntake(participant);
    const isDrained = await this.#guard(participant, () => participant.drain(deadline));
    if (!isDrained) this.#givenUp.add(participant);
    this.#waitedFor.delete(participant);
  }

  #stopIntake(participant: DrainParticipant): Promise<unknown> {
    let stopped = this.#stopped.get(participant);
    if (stopped === undefined) {
      stopped = this.#guard(participant, () => participant.stopIntake?.());
      this.#stopped.set(participant, stopped);
    }
    return stopped;
  }

  /** @returns whether the step went well */
  async #guard(
    participant: DrainParticipant,
    step: () => void | Promise<void> | undefined,
  ): Promise<boolean> {
    try {
      await step();
      return true;
    } catch (error) {
      this.onFailure({ where: nameOf(participant), error });
      return false;
    }
  }

  #activeOf(participant: DrainParticipant): number {
    return this.#ask(participant, () => participant.active(), 0);
  }

  #ask<T>(participant: DrainParticipant, question: () => T, otherwise: T): T {
    try {
      return question();
    } catch (error) {
      if (!this.#unanswering.has(participant)) {
        this.#unanswering.add(participant);
        this.onFailure({ where: nameOf(participant), error });
      }
      return otherwise;
    }
  }
}

function hasEarlyIntake(participant: DrainParticipant): boolean {
  const { stopsAt } = participant;
  return (stopsAt === 'grace' || stopsAt === 'last') && 'stopIntake' in participant;
}

function nameOf({ name }: DrainParticipant): string {
  return `participant ${plain(name, LONGEST_NAME)}`;
}

function summaryOf(participant: DrainParticipant): string | undefined {
  const summary = participant.summary?.();
  return summary === undefined ? undefined : plain(summary);
}

function describeWork(participant: DrainParticipant): readonly DrainTask[] {
  if (participant.tasks !== undefined) return participant.tasks();
  return Array.from({ length: participant.active() }, () => ({ label: participant.name }));
}
