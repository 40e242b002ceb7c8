import type { OnApplicationBootstrap } from '@nestjs/common';

import { type JobConsumer, JobConsumers } from '../../consumers/job-consumers.js';
import { ReplacedMethods } from '../../nest/replace-method.js';
import { explorersOf, queuesWithWorkersOf, workerClassOf, workersOf } from './bull-providers.js';
import type { BullWorker } from './bull-worker.js';
import { HiddenWorkers } from './hidden-workers.js';
import { WorkerJobs } from './worker-jobs.js';

/** Whose jobs may have a signal of their own. */
interface BullMqConsumer extends JobConsumer {
  /** Aborts the signals that BullMQ gives to processors which take one. */
  cancel(): void;
}

/** The workers of `@nestjs/bullmq`. @internal */
export class BullMqParticipant
  extends JobConsumers<BullMqConsumer>
  implements OnApplicationBootstrap
{
  readonly name = 'bullmq';
  readonly #workers = new Map<BullWorker, WorkerJobs>();
  #hidden: readonly HiddenWorkers[] = [];
  readonly #replaced = new ReplacedMethods();
  #stopped = false;

  /** Runs before the workers are made, and follows each before it can have a job. */
  prepare(): void {
    for (const explorer of explorersOf(this.providers)) {
      this.#replaced.replace(explorer, 'register', (register) => () => {
        register();
        this.#follow();
      });
    }
  }

  /** Finds the workers where `prepare()` was not called. */
  onApplicationBootstrap(): void {
    this.#follow();
  }

  override stopIntake(): void {
    this.#stopped = true;
    this.#follow();
    const { deadlineSignal } = this.sequence;
    const workerClass = workerClassOf(this.providers);
    this.#hidden = queuesWithWorkersOf(this.providers).map(
      (queue) => new HiddenWorkers(queue, workerClass, deadlineSignal),
    );
    super.stopIntake();
    const cancel = () => this.consumers().forEach((one) => one.cancel());
    if (deadlineSignal.aborted) cancel();
    else deadlineSignal.addEventListener('abort', cancel, { once: true });
  }

  takesWork(): boolean {
    return this.#workers.size > 0 || queuesWithWorkersOf(this.providers).length > 0;
  }

  dispose(): void {
    this.#replaced.restore();
    for (const jobs of this.#workers.values()) jobs.restore();
  }

  protected consumers(): BullMqConsumer[] {
    return [...this.#workers.values(), ...this.#hidden];
  }

  #follow(): void {
    for (const { worker, owner } of workersOf(this.providers)) {
      if (this.#workers.has(worker)) continue;
      const jobs = new WorkerJobs(worker, owner, this.sequence.deadlineSignal, this.clock);
      this.#workers.set(worker, jobs);
      // Registered by hand during the shutdown.
      if (this.#stopped) jobs.stop();
    }
  }
}
