import type { OnApplicationShutdown } from '@nestjs/common';

import { type BuiltProviders, readable } from '../nest/built-provider.js';

const QUEUE_TOKEN = /^BullQueue_/;

/**
 * The queues of `@nestjs/bull` and of `@nestjs/bullmq`: both give them the same tokens, and a hook.
 *
 * @param isOne - whether it is of the library in question; may throw for a test double
 * @internal
 */
export function queuesOf<Queue>(
  providers: BuiltProviders,
  isOne: (queue: Partial<Queue>) => boolean,
): Queue[] {
  return providers()
    .filter(({ token }) => typeof token === 'string' && QUEUE_TOKEN.test(token))
    .map(({ instance }) => instance as Queue & Partial<OnApplicationShutdown>)
    .filter((queue) =>
      readable(() => typeof queue.onApplicationShutdown === 'function' && isOne(queue)),
    );
}
