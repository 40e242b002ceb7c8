import { isOfClass } from '../../nest/built-provider.js';

/** A queue, as its workers and its listeners name it. @internal */
export interface NamedQueue {
  readonly name: string;
  readonly opts?: { readonly prefix?: string };
}

/**
 * Whether the application listens to the events of a queue: `job.waitUntilFinished()` needs an
 * object that does.
 *
 * @internal
 */
export function isListenedTo(queue: NamedQueue, held: readonly object[]): boolean {
  const listeners = held.filter((one) => isOfClass(one, 'QueueEvents')) as NamedQueue[];
  return listeners.some(
    ({ name, opts }) => name === queue.name && opts?.prefix === queue.opts?.prefix,
  );
}
