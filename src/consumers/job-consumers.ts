import type { BuiltProviders } from '../nest/built-provider.js';
import { count } from '../shutdown/amounts.js';
import type { Clock } from '../shutdown/clock.js';
import type { DrainParticipant, DrainTask } from '../shutdown/drain-participant.js';
import type { ShutdownSequence } from '../shutdown/shutdown-sequence.js';
import { heldObjects } from './held-objects.js';
import { type StopConsumers, stopOf } from './stop-consumers.js';

/** The consumer of one queue: a worker of BullMQ, a queue of Bull. @internal */
export interface JobConsumer {
  readonly active: number;
  /** Jobs whose end is recorded, since it was stopped. */
  readonly finished: number;
  readonly handedBack: number;
  /** Jobs that have ended since then, and whose end the queue does not have. */
  readonly unrecorded: number;
  tasks(): readonly DrainTask[];
  /**
   * Whether the application waits for jobs of this queue.
   *
   * @param held - what the application holds
   */
  isAwaitedBy(held: readonly object[]): boolean;
  /** Takes no job from now on. Further calls do nothing. */
  stop(): void;
  /** Resolves when no job is in flight. */
  drain(): Promise<void>;
  /** Hands the jobs in flight back to the queue. */
  handBack(): void;
}

/**
 * The consumers of job queues of one library. They take no job once the shutdown has begun, finish
 * the jobs in flight, and hand back to the queue those that do not end in time. A consumer whose
 * jobs the application itself waits for takes jobs until the requests have ended.
 *
 * @internal
 */
export abstract class JobConsumers<Consumer extends JobConsumer> implements DrainParticipant {
  abstract readonly name: string;
  readonly stopsAt = 'grace';
  /** The consumers that stop after the requests. */
  #last: readonly Consumer[] = [];

  constructor(
    protected readonly providers: BuiltProviders,
    protected readonly sequence: Pick<ShutdownSequence, 'deadlineSignal' | 'addParticipant'>,
    private readonly options: StopConsumers,
    protected readonly clock: Clock,
  ) {}

  abstract takesWork(): boolean;

  stopIntake(): void {
    const held = once(() => heldObjects(this.providers));
    this.#last = this.consumers().filter(
      (consumer) => stopOf(this.options, () => consumer.isAwaitedBy(held())) === 'last',
    );
    if (this.#last.length > 0) this.sequence.addParticipant(intakeOf(this.name, this.#last));
    for (const consumer of this.#first()) consumer.stop();
  }

  hasStoppedConsumers(): boolean {
    return this.takesWork() && this.#first().length > 0;
  }

  active(): number {
    return this.#sum(({ active }) => active);
  }

  tasks(): readonly DrainTask[] {
    return this.consumers().flatMap((consumer) => consumer.tasks());
  }

  async drain(): Promise<void> {
    await drainAll(this.#first());
  }

  force(): void {
    for (const consumer of this.consumers()) consumer.handBack();
  }

  summary(): string | undefined {
    const finished = this.#sum((consumer) => consumer.finished);
    const handedBack = this.#sum((consumer) => consumer.handedBack);
    if (finished + handedBack === 0) return undefined;
    const text = `${count(finished, 'queue job')} finished`;
    return handedBack === 0 ? text : `${text}, ${handedBack} handed back`;
  }

  protected abstract consumers(): readonly Consumer[];

  #first(): readonly Consumer[] {
    return this.consumers().filter((consumer) => !this.#last.includes(consumer));
  }

  #sum(of: (consumer: Consumer) => number): number {
    return this.consumers().reduce((sum, consumer) => sum + of(consumer), 0);
  }
}

/** Stops the consumers that stop last. The jobs in flight of all are counted in one place. */
function intakeOf(name: string, consumers: readonly JobConsumer[]): DrainParticipant {
  return {
    name,
    stopsAt: 'last',
    stopIntake: () => consumers.forEach((consumer) => consumer.stop()),
    active: () => 0,
    drain: () => drainAll(consumers),
  };
}

/** @throws if a queue does not have the end of a job */
async function drainAll(consumers: readonly JobConsumer[]): Promise<void> {
  await Promise.all(consumers.map((consumer) => consumer.drain()));
  const unrecorded = consumers.reduce((sum, consumer) => sum + consumer.unrecorded, 0);
  if (unrecorded === 0) return;
  const what = count(unrecorded, 'queue job');
  throw new Error(`Redis has not recorded the end of ${what}, so another worker does it again`);
}

function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined;
  return () => (made ??= { value: make() }).value;
}
