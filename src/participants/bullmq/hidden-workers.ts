import type { JobConsumer } from '../../consumers/job-consumers.js';
import { replaceMethod } from '../../nest/replace-method.js';
import type { DrainTask } from '../../shutdown/drain-participant.js';
import { type BullWorker, handBackError, isInstruction } from './bull-worker.js';
import { isListenedTo, type NamedQueue } from './queue-events.js';

/**
 * The part of a queue with `BullModule.registerQueue({ processors })` that is used here.
 *
 * @internal
 */
export interface BullQueue extends NamedQueue {
  onApplicationShutdown(): Promise<void>;
}

/**
 * The workers of a queue that were given to `registerQueue()`, as functions or as files that run in
 * processes of their own. Only the hook of their queue refers to them. It closes each after its
 * jobs in flight, then the queue.
 *
 * @internal
 */
export class HiddenWorkers implements JobConsumer {
  readonly finished = 0;
  /** Not known. */
  readonly unrecorded = 0;
  handedBack = 0;
  #isClosing = false;
  #isStopped = false;
  #workers: BullWorker[] = [];
  #closed: Promise<void> = Promise.resolve();

  /** @param workerClass - the class of these workers */
  constructor(
    private readonly queue: BullQueue,
    private readonly workerClass: { readonly prototype: object } | undefined,
    private readonly deadline: AbortSignal,
  ) {}

  /** A worker that is being closed counts as work in flight; nothing more is known. */
  get active(): number {
    return this.#isClosing ? 1 : 0;
  }

  tasks(): DrainTask[] {
    return this.#isClosing ? [{ label: `queue ${this.queue.name}` }] : [];
  }

  isAwaitedBy(held: readonly object[]): boolean {
    return isListenedTo(this.queue, held);
  }

  stop(): void {
    if (this.#isStopped) return;
    this.#isStopped = true;
    this.#isClosing = true;
    // The queue itself stays open, for jobs and requests that add to it.
    const open = Object.create(this.queue, {
      close: { value: () => Promise.resolve() },
      disconnect: { value: undefined },
    }) as BullQueue;
    this.#workers = closedBy(this.workerClass, () => {
      this.#closed = open
        .onApplicationShutdown()
        .catch(() => {})
        .finally(() => (this.#isClosing = false));
    });
    for (const worker of this.#workers) this.#handsBackFailures(worker);
  }

  drain(): Promise<void> {
    return this.#closed;
  }

  cancel(): void {
    for (const worker of this.#workers) worker.cancelAllJobs?.('the application shuts down');
  }

  /** A file's process would outlive this one, and finish a job that another worker begins again. */
  handBack(): void {
    const children = this.#workers.flatMap(({ childPool }) =>
      Object.values(childPool?.retained ?? {}),
    );
    for (const child of children) child.kill('SIGKILL').catch(() => {});
  }

  /** Once the time is up, a job whose process is killed, or stops by itself, has not failed. */
  #handsBackFailures(worker: BullWorker): void {
    replaceMethod(worker, 'handleFailed', (handle) => (error: unknown, ...rest: unknown[]) => {
      if (!this.deadline.aborted || isInstruction(error)) return handle(error, ...rest) as unknown;
      this.handedBack += 1;
      return handle(handBackError(worker), ...rest) as unknown;
    });
  }
}

/** The workers that `close` closes before its first `await`. */
function closedBy(
  workerClass: { readonly prototype: object } | undefined,
  close: () => void,
): BullWorker[] {
  const workers: BullWorker[] = [];
  const prototype = workerClass?.prototype;
  const closeWorker: unknown = prototype && Reflect.get(prototype, 'close');
  if (prototype === undefined || typeof closeWorker !== 'function') {
    close();
    return workers;
  }
  const own = Object.getOwnPropertyDescriptor(prototype, 'close');
  const value = function (this: BullWorker, ...rest: unknown[]): unknown {
    workers.push(this);
    return Reflect.apply(closeWorker, this, rest);
  };
  Object.defineProperty(prototype, 'close', { value, configurable: true, writable: true });
  try {
    close();
  } finally {
    if (own === undefined) Reflect.deleteProperty(prototype, 'close');
    else Object.defineProperty(prototype, 'close', own);
  }
  return workers;
}
