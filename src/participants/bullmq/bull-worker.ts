/** The part of a BullMQ job that is used here. @internal */
export interface BullJob {
  readonly name: string;
}

/**
 * The part of a worker of BullMQ 5 and 6 that is used here. `processJob` takes a job from its fetch
 * to the moment its end is recorded, `processFn` is the processor alone.
 *
 * @internal
 */
export interface BullWorker {
  processJob?(job: BullJob, ...rest: unknown[]): Promise<unknown>;
  processFn?(job: BullJob, ...rest: unknown[]): Promise<unknown>;
  readonly name: string;
  readonly opts?: { readonly prefix?: string; readonly connection?: object };
  /** The processes, or threads, that run processors which are files. */
  readonly childPool?: {
    readonly retained: Readonly<Record<string, { kill(signal: NodeJS.Signals): Promise<void> }>>;
  };
  isRunning(): boolean;
  isPaused(): boolean;
  pause(doNotWaitActive: boolean): Promise<void>;
  close(): Promise<void>;
  /** Ends its connections, and all commands that wait for Redis. */
  disconnect(): Promise<void>;
  on?(event: 'completed' | 'failed', listener: (job: BullJob) => void): unknown;
  off?(event: 'completed' | 'failed', listener: (job: BullJob) => void): unknown;
  /** Aborts the signal of its jobs; from 5.62. */
  cancelAllJobs?(reason: string): void;
}

/**
 * The error after which a worker puts a job back where it took it from, with its attempts
 * untouched. It is that of BullMQ's manual rate limiting, which all versions recognise by its
 * message. On its own it limits nothing; `worker.rateLimit()` would.
 *
 * @internal
 */
export function handBackError(worker: BullWorker): Error {
  const { RateLimitError } = worker.constructor as { RateLimitError?: () => Error };
  return RateLimitError?.() ?? new Error(HAND_BACK);
}

/** Whether it was given a connection, which others may use, too. @internal */
export function hasSharedConnection({ opts }: BullWorker): boolean {
  const { connection } = opts ?? {};
  return connection !== undefined && 'duplicate' in connection;
}

const HAND_BACK = 'bullmq:rateLimitExceeded';

/** Errors by which a processor tells the worker what to do with the job. */
const INSTRUCTIONS = new Set([
  'UnrecoverableError',
  'DelayedError',
  'WaitingError',
  'WaitingChildrenError',
]);

/** Whether a processor has itself decided about its job. @internal */
export function isInstruction(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  return error.message === HAND_BACK || INSTRUCTIONS.has(error.name);
}
