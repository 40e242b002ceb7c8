import type { OnModuleInit } from '@nestjs/common';

import { JobConsumers } from '../../consumers/job-consumers.js';
import type { StopConsumers } from '../../consumers/stop-consumers.js';
import type { BuiltProviders } from '../../nest/built-provider.js';
import type { Clock } from '../../shutdown/clock.js';
import type { ShutdownSequence } from '../../shutdown/shutdown-sequence.js';
import { type BullQueue, bullQueuesOf } from './bull-queue.js';
import { QueueJobs } from './queue-jobs.js';

/** The queues of `@nestjs/bull` (Bull 3 and 4). @internal */
export class BullParticipant extends JobConsumers<QueueJobs> implements OnModuleInit {
  readonly name = 'bull';
  readonly #queues = new Map<BullQueue, QueueJobs>();

  constructor(
    providers: BuiltProviders,
    sequence: Pick<ShutdownSequence, 'deadlineSignal' | 'addParticipant'>,
    options: StopConsumers,
    private readonly clock: Clock,
  ) {
    super(providers, sequence, options);
  }

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
