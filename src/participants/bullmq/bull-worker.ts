/** What is used of a job of BullMQ. @internal */
export interface BullJob {
  readonly name: string;
}

/**
 * What is used of a BullMQ worker, of versions 5 and 6. `processJob` takes a job from its fetch to
 * the moment its end is recorded, `processFn` is the processor alone.
 *
 * @internal
 */
export interface BullWorker {
  processJob?(job: BullJob, ...rest: unknown[]): Promise<unknown>;
  processFn?(job: BullJob, ...rest: unknown[]): Promise<unknown>;
  isRunning(): boolean;
  isPaused(): boolean;
  pause(doNotWaitActive: boolean): Promise<void>;
  close(): Promise<void>;
  /** Ends its connections and with them all commands that wait for Redis. */
  disconnect(): Promise<void>;
  /** Aborts the signal of its jobs; from 5.62. */
  cancelAllJobs?(reason: string): void;
}

/**
 * The error after which a worker puts a job back to where it took it from, its attempts untouched:
 * the one of BullMQ's manual rate limiting, which all versions know by its message. It limits
 * nothing: that is what `worker.rateLimit()`, called before it, is for.
 *
 * @internal
 */
export function handBackError(worker: BullWorker): Error {
  const { RateLimitError } = worker.constructor as { RateLimitError?: () => Error };
  return RateLimitError?.() ?? new Error(HAND_BACK);
}

const HAND_BACK = 'bullmq:rateLimitExceeded';

/** Errors that tell the worker what to do with the job; all but the first after it was done. */
const INSTRUCTIONS = new Set([
  'UnrecoverableError',
  'DelayedError',
  'WaitingError',
  'WaitingChildrenError',
]);

/** Whether a processor has itself decided what becomes of its job. @internal */
export function isInstruction(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  return error.message === HAND_BACK || INSTRUCTIONS.has(error.name);
}
