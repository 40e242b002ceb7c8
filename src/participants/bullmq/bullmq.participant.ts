import type { OnApplicationBootstrap } from '@nestjs/common';

import type { BuiltProviders } from '../../nest/built-provider.js';
import { replaceMethod } from '../../nest/replace-method.js';
import { count } from '../../shutdown/amounts.js';
import type { Clock } from '../../shutdown/clock.js';
import type { DrainParticipant, DrainTask } from '../../shutdown/drain-participant.js';
import type { ShutdownSequence } from '../../shutdown/shutdown-sequence.js';
import { explorersOf, queuesWithWorkersOf, workersOf } from './bull-providers.js';
import type { BullWorker } from './bull-worker.js';
import { HiddenWorkers } from './hidden-workers.js';
import { WorkerJobs } from './worker-jobs.js';

/**
 * The workers of `@nestjs/bullmq`. They take no job once the shutdown has begun, finish those in
 * flight, and give back to the queue those that do not end in time.
 *
 * @internal
 */
export class BullMqParticipant implements DrainParticipant, OnApplicationBootstrap {
  readonly name = 'bullmq';
  readonly stopsAt = 'grace';
  readonly #workers = new Map<BullWorker, WorkerJobs>();
  readonly #hidden: HiddenWorkers[] = [];
  readonly #restores: ((() => void) | undefined)[] = [];
  #stopped = false;

  constructor(
    private readonly providers: BuiltProviders,
    private readonly sequence: Pick<ShutdownSequence, 'deadlineSignal'>,
    private readonly clock: Clock,
  ) {}

  /** Runs before the workers are made, and follows each before it can have a job. */
  prepare(): void {
    for (const explorer of explorersOf(this.providers)) {
      const restore = replaceMethod(explorer, 'register', (register) => () => {
        register();
        this.#follow();
      });
      this.#restores.push(restore);
    }
  }

  /** Finds the workers where `prepare()` was not called. */
  onApplicationBootstrap(): void {
    this.#follow();
  }

  stopIntake(): void {
    this.#stopped = true;
    this.#follow();
    for (const queue of queuesWithWorkersOf(this.providers)) {
      this.#hidden.push(new HiddenWorkers(queue));
    }
    for (const workers of [...this.#workers.values(), ...this.#hidden]) workers.stop();
    const cancel = () => this.#workers.forEach((jobs) => jobs.cancel());
    const { deadlineSignal } = this.sequence;
    if (deadlineSignal.aborted) cancel();
    else deadlineSignal.addEventListener('abort', cancel, { once: true });
  }

  takesWork(): boolean {
    return this.#workers.size > 0 || queuesWithWorkersOf(this.providers).length > 0;
  }

  active(): number {
    let sum = 0;
    for (const { active } of [...this.#workers.values(), ...this.#hidden]) sum += active;
    return sum;
  }

  tasks(): readonly DrainTask[] {
    const jobs = [...this.#workers.values()].flatMap((worker) => worker.tasks());
    const hidden = this.#hidden.filter(({ active }) => active > 0);
    return [...jobs, ...hidden.map(({ label }) => ({ label }))];
  }

  async drain(): Promise<void> {
    await Promise.all([...this.#workers.values(), ...this.#hidden].map((one) => one.drain()));
  }

  force(): void {
    for (const jobs of this.#workers.values()) jobs.handBack();
  }

  summary(): string | undefined {
    let finished = 0;
    let handedBack = 0;
    for (const jobs of this.#workers.values()) {
      finished += jobs.finished;
      handedBack += jobs.handedBack;
    }
    if (finished === 0) return undefined;
    finished -= handedBack;
    const told = `${count(finished, 'queue job')} finished`;
    return handedBack === 0 ? told : `${told}, ${handedBack} handed back`;
  }

  dispose(): void {
    for (const restore of this.#restores.splice(0)) restore?.();
    for (const jobs of this.#workers.values()) jobs.restore();
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
