import 'reflect-metadata';

import type { DiscoveryService } from '@nestjs/core';

import type { BullWorker } from './bull-worker.js';
import type { BullQueue } from './hidden-workers.js';

/** Written on a class by `@Processor()`. */
const PROCESSOR = 'bullmq:processor_metadata';
const QUEUE_TOKEN = /^BullQueue_/;

/** The provider of `@nestjs/bullmq` whose `register()` makes the workers. @internal */
export interface BullExplorer {
  register(): void;
}

/** @internal */
export function explorersOf(discovery: DiscoveryService): BullExplorer[] {
  return discovery
    .getProviders()
    .filter(({ metatype }) => metatype?.name === 'BullExplorer')
    .map(({ instance }) => instance as BullExplorer | undefined)
    .filter((explorer) => typeof explorer?.register === 'function')
    .map((explorer) => explorer!);
}

/** The workers of classes with `@Processor()` that exist by now, and the names of the classes. @internal */
export function workersOf(discovery: DiscoveryService): { worker: BullWorker; owner: string }[] {
  return discovery.getProviders().flatMap(({ instance }) => {
    const type: unknown = (instance as object | undefined)?.constructor;
    if (typeof type !== 'function' || !Reflect.hasMetadata(PROCESSOR, type)) return [];
    const worker = workerOf(instance as { readonly worker?: unknown });
    return worker === undefined ? [] : [{ worker, owner: type.name }];
  });
}

/** The queues whose workers were given to `registerQueue()`. @internal */
export function queuesWithWorkersOf(discovery: DiscoveryService): BullQueue[] {
  return discovery
    .getProviders()
    .filter(({ token }) => typeof token === 'string' && QUEUE_TOKEN.test(token))
    .map(({ instance }) => instance as BullQueue & { opts?: { processors?: unknown[] } })
    .filter((queue) => (queue?.opts?.processors?.length ?? 0) > 0)
    .filter((queue) => typeof queue.onApplicationShutdown === 'function');
}

function workerOf(host: { readonly worker?: unknown }): BullWorker | undefined {
  try {
    return host.worker as BullWorker;
  } catch {
    // The getter throws until `register()` has been called.
    return undefined;
  }
}
