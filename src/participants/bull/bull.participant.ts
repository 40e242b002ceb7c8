import type { OnModuleInit } from '@nestjs/common';

import type { BuiltProviders } from '../../nest/built-provider.js';
import type { Clock } from '../../shutdown/clock.js';
import type { DrainParticipant, DrainTask } from '../../shutdown/drain-participant.js';
import type { ShutdownSequence } from '../../shutdown/shutdown-sequence.js';
import { type BullQueue, bullQueuesOf } from './bull-queue.js';
import { QueueJobs } from './queue-jobs.js';

/**
 * The queues of `@nestjs/bull` (Bull 3 and 4). They take no job once the shutdown has begun, finish
 * those in flight, and give back those that do not end in time.
 *
 * @internal
 */
export class BullParticipant implements DrainParticipant, OnModuleInit {
  readonly name = 'bull';
  readonly stopsAt = 'grace';
  readonly #queues = new Map<BullQueue, QueueJobs>();

  constructor(
    private readonly providers: BuiltProviders,
    private readonly sequence: Pick<ShutdownSequence, 'deadlineSignal'>,
    private readonly clock: Clock,
  ) {}

  /** Runs before the processors are registered, so that no job has begun. */
  prepare(): void {
    for (const queue of bullQueuesOf(this.providers)) {
      if (this.#queues.has(queue)) continue;
      this.#queues.set(queue, new QueueJobs(queue, this.sequence.deadlineSignal, this.clock));
    }
  }

  /** The fallback without `prepare()`. */
  onModuleInit(): void {
    this.prepare();
  }

  stopIntake(): void {
    for (const jobs of this.#queues.values()) jobs.stop();
  }

  takesWork(): boolean {
    return [...this.#queues.values()].some(({ takesJobs }) => takesJobs);
  }

  active(): number {
    return this.#sum((jobs) => jobs.active);
  }

  tasks(): readonly DrainTask[] {
    return [...this.#queues.values()].flatMap((jobs) => jobs.tasks());
  }

  async drain(): Promise<void> {
    await Promise.all([...this.#queues.values()].map((jobs) => jobs.drain()));
  }

  force(): void {
    for (const jobs of this.#queues.values()) jobs.handBackAll();
  }

  summary(): string | undefined {
    const finished = this.#sum((jobs) => jobs.finished);
    const handedBack = this.#sum((jobs) => jobs.handedBack);
    if (finished + handedBack === 0) return undefined;
    const told = `${finished} queue ${finished === 1 ? 'job' : 'jobs'} finished`;
    return handedBack === 0 ? told : `${told}, ${handedBack} handed back`;
  }

  dispose(): void {
    for (const jobs of this.#queues.values()) jobs.restore();
  }

  #sum(of: (jobs: QueueJobs) => number): number {
    return [...this.#queues.values()].reduce((sum, jobs) => sum + of(jobs), 0);
  }
}
