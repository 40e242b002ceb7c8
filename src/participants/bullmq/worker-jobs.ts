import type { JobConsumer } from '../../consumers/job-consumers.js';
import { ReplacedMethods } from '../../nest/replace-method.js';
import type { Clock } from '../../shutdown/clock.js';
import type { DrainTask } from '../../shutdown/drain-participant.js';
import { TasksInFlight } from '../../shutdown/tasks-in-flight.js';
import { within } from '../../shutdown/within.js';
import {
  type BullJob,
  type BullWorker,
  handBackError,
  hasSharedConnection,
  isInstruction,
} from './bull-worker.js';
import { isListenedTo } from './queue-events.js';

/** How long a worker may take to disconnect from Redis, which may be gone. */
const GOODBYE_MS = 1000;
/** What a worker emits when it has recorded the end of a job. */
const ENDS = ['completed', 'failed'] as const;

/**
 * One worker and its jobs in flight. Once stopped, it takes no more jobs. A job that does not end
 * in time goes back to the queue, where another worker finds it at once.
 *
 * @internal
 */
export class WorkerJobs implements JobConsumer {
  readonly #jobs: TasksInFlight;
  /** Each function hands the job of one running processor back. */
  readonly #handBacks = new Set<() => void>();
  readonly #replaced = new ReplacedMethods();
  /** The jobs that are being handed back: BullMQ has not recorded it yet. */
  readonly #given = new Set<BullJob>();
  #stopped = false;
  #closing: Promise<void> | undefined;
  #goodbye: Promise<void> | undefined;
  /** Jobs whose end is recorded, since it was stopped. */
  finished = 0;
  handedBack = 0;
  unrecorded = 0;
  /** The jobs that have ended since then, and whose end Redis has. */
  readonly #recorded = new WeakSet<BullJob>();
  readonly #record = (job: BullJob) => void this.#recorded.add(job);

  /** @param owner - the name of its processor, for the log */
  constructor(
    private readonly worker: BullWorker,
    private readonly owner: string,
    private readonly deadline: AbortSignal,
    private readonly clock: Clock,
  ) {
    this.#jobs = new TasksInFlight(clock);
    this.#replaced.replace(
      worker,
      'processJob',
      (process) =>
        (job: BullJob, ...rest: unknown[]) =>
          this.#count(job, () => process(job, ...rest)),
    );
    this.#replaced.replace(
      worker,
      'processFn',
      (process) =>
        (job: BullJob, ...rest: unknown[]) =>
          this.#mayHandBack(job, () => process(job, ...rest)),
    );
  }

  get active(): number {
    return this.#jobs.count;
  }

  tasks(): DrainTask[] {
    return this.#jobs.list();
  }

  isAwaitedBy(held: readonly object[]): boolean {
    return isListenedTo(this.worker, held);
  }

  stop(): void {
    if (this.#stopped) return;
    this.#stopped = true;
    for (const event of ENDS) this.worker.on?.(event, this.#record);
    // Not `pause()`: a paused worker whose wait for a job is over still takes it (bullmq 6.7.0,
    // `_getNextJob`). A worker that was never run may be used by hand, with a connection that has to
    // stay open.
    if (this.worker.isRunning() || this.worker.isPaused()) {
      // It emits its errors itself.
      this.#closing = this.worker.close().catch(() => {});
    } else {
      void this.worker.pause(true).catch(() => {});
    }
  }

  async drain(): Promise<void> {
    await this.#jobs.none();
    await this.#sayGoodbye();
  }

  /** Aborts the signals that BullMQ gives to processors with a signal parameter. */
  cancel(): void {
    this.worker.cancelAllJobs?.('the application shuts down');
  }

  handBack(): void {
    for (const handBack of this.#handBacks) handBack();
    void this.#sayGoodbye();
  }

  restore(): void {
    this.#replaced.restore();
    for (const event of ENDS) this.worker.off?.(event, this.#record);
  }

  /** Waits a short while for its `close()`, which Nest also calls and awaits. */
  #sayGoodbye(): Promise<void> {
    const closing = this.#closing;
    if (closing === undefined) return Promise.resolve();
    if (this.#goodbye === undefined) {
      const goodbye = this.#closeOrDisconnect(closing);
      this.#goodbye = goodbye;
      this.#replaced.replace(this.worker, 'close', () => () => goodbye);
    }
    return this.#goodbye;
  }

  async #closeOrDisconnect(closing: Promise<void>): Promise<void> {
    if (await within(this.clock, GOODBYE_MS, closing)) return;
    if (hasSharedConnection(this.worker)) return;
    // A reconnecting connection never reports its end (bullmq#4585), so this is not awaited.
    void this.worker.disconnect().catch(() => {});
  }

  async #count(job: BullJob, process: () => Promise<unknown>): Promise<unknown> {
    const end = this.#jobs.begin(`${this.owner} ${job.name}`);
    try {
      return await process();
    } finally {
      if (this.#given.delete(job)) this.handedBack += 1;
      else if (this.#stopped) this.#countEnd(job);
      end();
    }
  }

  /** A worker that closes swallows the error of a job whose end it cannot record. */
  #countEnd(job: BullJob): void {
    if (this.worker.on === undefined || this.#recorded.has(job)) this.finished += 1;
    else this.unrecorded += 1;
  }

  async #mayHandBack(job: BullJob, process: () => Promise<unknown>): Promise<unknown> {
    // It was fetched just as the worker was stopped.
    if (this.#stopped) throw this.#handBackError(job);
    let handBack!: () => void;
    try {
      return await new Promise((resolve, reject) => {
        handBack = () => reject(this.#handBackError(job));
        this.#handBacks.add(handBack);
        process().then(resolve, (error: unknown) => {
          // Its processor has recorded it.
          if (isInstruction(error)) this.#record(job);
          const isInterrupted = this.deadline.aborted && !isInstruction(error);
          reject(isInterrupted ? this.#handBackError(job) : error);
        });
      });
    } finally {
      this.#handBacks.delete(handBack);
    }
  }

  #handBackError(job: BullJob): Error {
    this.#given.add(job);
    return handBackError(this.worker);
  }
}
