import { queuesOf } from '../../consumers/nest-queues.js';
import type { BuiltProviders } from '../../nest/built-provider.js';

/** The part of a Bull job that is used here. @internal */
export interface BullJob {
  readonly id: string | number;
  readonly name: string;
  lockKey(): string;
  moveToFailed(error: Error, ...rest: unknown[]): Promise<unknown>;
  /** Whether its processor has decided that it is not tried again. */
  isDiscarded?(): boolean;
}

/**
 * The part of a queue of Bull 3 and 4 that is used here. Such a queue is its own worker.
 *
 * @internal
 */
export interface BullQueue {
  readonly name: string;
  readonly keys: Readonly<Record<'active' | 'wait' | 'paused' | 'meta-paused', string>>;
  /** The token that holds the locks of its jobs. */
  readonly token: string;
  /** Processors, by the name of the job. */
  readonly handlers: Readonly<Record<string, unknown>>;
  readonly client: { eval(script: string, keys: number, ...rest: string[]): Promise<unknown> };
  /** Of other processes' events, those that it listens to. */
  readonly registeredEvents?: Readonly<Record<string, unknown>>;
  /** The children that run the processors that are files. */
  readonly childPool?: {
    readonly retained: Readonly<Record<string, { kill(signal: NodeJS.Signals): void }>>;
  };
  /** Handles a job, from its fetch until its end is recorded. */
  processJob(job: BullJob | null | undefined, ...rest: unknown[]): Promise<unknown>;
  pause(isLocal: boolean, doNotWaitActive: boolean): Promise<void>;
  close(doNotWaitJobs?: boolean): Promise<void>;
}

/** Bull's name for a job without one. */
const NAMELESS = '__default__';

/** The queues of `@nestjs/bull`. @internal */
export function bullQueuesOf(providers: BuiltProviders): BullQueue[] {
  return queuesOf<BullQueue>(
    providers,
    ({ processJob, handlers }) => typeof processJob === 'function' && typeof handlers === 'object',
  );
}

/** Whether it takes jobs, and not only adds them. @internal */
export function hasProcessors({ handlers }: BullQueue): boolean {
  return Object.keys(handlers).length > 0;
}

/** Whether somebody here has waited for a job: `job.finished()` listens to this. @internal */
export function isAwaited({ registeredEvents }: BullQueue): boolean {
  return registeredEvents?.['completed'] !== undefined;
}

/** `queue mails welcome` @internal */
export function labelOf({ name }: BullQueue, job: BullJob): string {
  return job.name === NAMELESS ? `queue ${name}` : `queue ${name} ${job.name}`;
}

/**
 * Puts a job back where it is taken from next, unless its lock has been lost to another worker.
 * Bull itself can only fail a job or let it stall.
 */
const HAND_BACK = `
if redis.call('GET', KEYS[3]) ~= ARGV[2] then return 0 end
if redis.call('LREM', KEYS[1], 1, ARGV[1]) == 0 then return 0 end
redis.call('DEL', KEYS[3])
local target = KEYS[2]
if redis.call('EXISTS', KEYS[5]) == 1 then target = KEYS[4] end
redis.call('RPUSH', target, ARGV[1])
return 1`;

/** @returns whether the job still belonged to this process @internal */
export async function handBack(queue: BullQueue, job: BullJob): Promise<boolean> {
  const { active, wait, paused } = queue.keys;
  const keys = [active, wait, job.lockKey(), paused, queue.keys['meta-paused']];
  const given = [String(job.id), queue.token];
  return (await queue.client.eval(HAND_BACK, keys.length, ...keys, ...given)) === 1;
}
