import { JobConsumers } from '../../consumers/job-consumers.js';
import { type BullQueue, bullQueuesOf } from './bull-queue.js';
import { QueueJobs } from './queue-jobs.js';

/** The queues of `@nestjs/bull` (Bull 3 and 4). @internal */
export class BullParticipant extends JobConsumers<QueueJobs> {
  readonly name = 'bull';
  readonly #queues = new Map<BullQueue, QueueJobs>();

  /** Runs before the processors are registered, so that no job has begun. */
  prepare(): void {
    for (const queue of bullQueuesOf(this.providers)) {
      this.#queues.set(queue, new QueueJobs(queue, this.sequence.deadlineSignal, this.clock));
    }
  }

  takesWork(): boolean {
    return this.consumers().some(({ takesJobs }) => takesJobs);
  }

  dispose(): void {
    for (const jobs of this.consumers()) jobs.restore();
  }

  protected consumers(): QueueJobs[] {
    return [...this.#queues.values()];
  }
}
