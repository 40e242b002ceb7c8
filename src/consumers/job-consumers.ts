import type { BuiltProviders } from '../nest/built-provider.js';
import { count } from '../shutdown/amounts.js';
import type { DrainParticipant, DrainTask } from '../shutdown/drain-participant.js';
import type { ShutdownSequence } from '../shutdown/shutdown-sequence.js';
import { heldObjects } from './held-objects.js';
import { type StopConsumers, stopOf } from './stop-consumers.js';

/** What takes jobs from one queue: a worker of BullMQ, a queue of Bull. @internal */
export interface JobConsumer {
  readonly active: number;
  /** Jobs whose end is recorded, since it was stopped. */
  readonly finished: number;
  readonly handedBack: number;
  tasks(): readonly DrainTask[];
  /** @param held - what the application holds: whether it waits for jobs of this queue */
  isAwaitedBy(held: readonly object[]): boolean;
  /** Takes no job from now on. More than once is once. */
  stop(): void;
  /** Resolves when no job is in flight. */
  drain(): Promise<void>;
  /** Gives back to the queue what is in flight. */
  handBack(): void;
}

/**
 * The consumers of job queues of one library. They take no job once the shutdown has begun, finish
 * those that they have, and give back to the queue what the time does not suffice for. A consumer
 * whose jobs the application itself waits for takes jobs until the requests have ended.
 *
 * @internal
 */
export abstract class JobConsumers<Consumer extends JobConsumer> implements DrainParticipant {
  abstract readonly name: string;
  readonly stopsAt = 'grace';
  /** Those that stop after the requests. */
  #last: readonly Consumer[] = [];

  constructor(
    protected readonly providers: BuiltProviders,
    protected readonly sequence: Pick<ShutdownSequence, 'deadlineSignal' | 'addParticipant'>,
    private readonly options: StopConsumers,
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
    const told = `${count(finished, 'queue job')} finished`;
    return handedBack === 0 ? told : `${told}, ${handedBack} handed back`;
  }

  protected abstract consumers(): readonly Consumer[];

  #first(): readonly Consumer[] {
    return this.consumers().filter((consumer) => !this.#last.includes(consumer));
  }

  #sum(of: (consumer: Consumer) => number): number {
    return this.consumers().reduce((sum, consumer) => sum + of(consumer), 0);
  }
}

/** The intake of those that stop last. Their jobs are counted with the others. */
function intakeOf(name: string, consumers: readonly JobConsumer[]): DrainParticipant {
  return {
    name,
    stopsAt: 'last',
    stopIntake: () => consumers.forEach((consumer) => consumer.stop()),
    active: () => 0,
    drain: () => drainAll(consumers),
  };
}

async function drainAll(consumers: readonly JobConsumer[]): Promise<void> {
  await Promise.all(consumers.map((consumer) => consumer.drain()));
}

function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined;
  return () => (made ??= { value: make() }).value;
}
