import type { JobConsumer } from '../../consumers/job-consumers.js';
import { ReplacedMethods } from '../../nest/replace-method.js';
import type { Clock } from '../../shutdown/clock.js';
import type { DrainTask } from '../../shutdown/drain-participant.js';
import { type TaskInFlight, TasksInFlight } from '../../shutdown/tasks-in-flight.js';
import { never, within } from '../../shutdown/within.js';
import {
  type BullJob,
  type BullQueue,
  handBack,
  hasProcessors,
  isAwaited,
  labelOf,
} from './bull-queue.js';

/** How long a queue may take to stop. Bull ends its wait for a job within half a second. */
const PAUSE_MS = 1000;

interface JobInFlight extends TaskInFlight {
  /** Gives it back to the queue. */
  readonly handBack: () => void;
}

/**
 * One queue and its jobs in flight. Once stopped, it takes no more jobs. A job that does not end in
 * time goes back to the queue, where another worker finds it at once.
 *
 * @internal
 */
export class QueueJobs implements JobConsumer {
  readonly #jobs: TasksInFlight<JobInFlight>;
  readonly #replaced = new ReplacedMethods();
  #stopped = false;
  #closesAtOnce = false;
  #pausing: Promise<void> = Promise.resolve();
  /** Jobs whose end is recorded, since it was stopped. */
  finished = 0;
  handedBack = 0;
  unrecorded = 0;

  constructor(
    private readonly queue: BullQueue,
    private readonly deadline: AbortSignal,
    private readonly clock: Clock,
  ) {
    this.#jobs = new TasksInFlight(clock);
    this.#replaced.replace(
      queue,
      'processJob',
      (process) =>
        (job: BullJob | null | undefined, ...rest: unknown[]) =>
          job ? this.#process(job, () => process(job, ...rest)) : process(job, ...rest),
    );
  }

  get active(): number {
    return this.#jobs.count;
  }

  get takesJobs(): boolean {
    return hasProcessors(this.queue);
  }

  tasks(): DrainTask[] {
    return this.#jobs.list();
  }

  isAwaitedBy(): boolean {
    return this.takesJobs && isAwaited(this.queue);
  }

  stop(): void {
    if (this.#stopped) return;
    this.#stopped = true;
    if (!this.takesJobs) return;
    // It fetches no more jobs, not even when one has ended; jobs can still be added.
    this.#pausing = this.queue.pause(true, true).catch(() => {});
  }

  async drain(): Promise<void> {
    // Until then it may still receive a job, and must not be closed. Redis may be gone.
    await within(this.clock, PAUSE_MS, this.#pausing);
    await this.#jobs.none();
  }

  handBack(): void {
    // Processors that run as files would outlive this process, and finish a job that another worker
    // has begun.
    const children = Object.values(this.queue.childPool?.retained ?? {});
    if (this.active > 0) children.forEach((child) => child.kill('SIGKILL'));
    for (const job of this.#jobs) job.handBack();
  }

  restore(): void {
    this.#replaced.restore();
  }

  #process(job: BullJob, process: () => Promise<unknown>): Promise<unknown> {
    // It was fetched just as the queue stopped.
    if (this.#stopped) return handBack(this.queue, job);
    const label = labelOf(this.queue, job);
    const end = this.#jobs.begin(label, {
      handBack: () => void this.#handBack(job).then(end, end),
    });
    let isRecorded = true;
    const replaced = new ReplacedMethods();
    replaced.replace(job, 'moveToCompleted', (complete) => async (...args: unknown[]) => {
      isRecorded = false;
      const next: unknown = await complete(...args);
      isRecorded = true;
      return next;
    });
    replaced.replace(job, 'moveToFailed', (fail) => async (...args: unknown[]) => {
      if (!this.deadline.aborted || job.isDiscarded?.() === true) return fail(...args) as unknown;
      await this.#handBack(job).finally(end);
      // Bull would report it as failed.
      return never();
    });
    return process().finally(() => {
      replaced.restore();
      if (!end() || !this.#stopped) return;
      // Bull goes on as if it had.
      if (isRecorded) this.finished += 1;
      else this.unrecorded += 1;
    });
  }

  async #handBack(job: BullJob): Promise<void> {
    this.#closeAtOnce();
    if (await handBack(this.queue, job)) this.handedBack += 1;
  }

  /** Nest closes the queue, which would wait for processors whose jobs have been given back. */
  #closeAtOnce(): void {
    if (this.#closesAtOnce) return;
    this.#closesAtOnce = true;
    this.#replaced.replace(this.queue, 'close', (close) => () => close(true) as Promise<void>);
  }
}
