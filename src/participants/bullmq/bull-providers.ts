import 'reflect-metadata';

import {
  type BuiltProvider,
  type BuiltProviders,
  type BuiltType,
  hasMethod,
} from '../../nest/built-provider.js';
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
export function explorersOf(providers: BuiltProviders): BullExplorer[] {
  const explorers = providers().filter(
    ({ type }) => type?.name === 'BullExplorer' && hasMethod(type, 'register'),
  );
  return explorers.map(({ instance }) => instance as unknown as BullExplorer);
}

/** The class of which Nest makes its workers. @internal */
export function workerClassOf(providers: BuiltProviders): BuiltType | undefined {
  const [explorer] = explorersOf(providers);
  if (explorer === undefined) return undefined;
  const workerClass: unknown = Reflect.get(explorer.constructor, '_workerClass');
  return typeof workerClass === 'function' ? workerClass : undefined;
}

/**
 * The existing workers of classes with `@Processor()`, with the names of the classes. For a class
 * with one instance for each job, the worker is on the object that Nest keeps in its place.
 *
 * @internal
 */
export function workersOf(providers: BuiltProviders): { worker: BullWorker; owner: string }[] {
  if (explorersOf(providers).length === 0) return [];
  return providers().flatMap((provider) => {
    const type = provider.type ?? classOf(provider);
    if (type === undefined || !Reflect.hasMetadata(PROCESSOR, type)) return [];
    const worker = workerOf(provider.instance);
    return worker === undefined ? [] : [{ worker, owner: type.name }];
  });
}

/** The queues whose workers were given to `registerQueue()`. @internal */
export function queuesWithWorkersOf(providers: BuiltProviders): BullQueue[] {
  return providers()
    .filter(({ token }) => typeof token === 'string' && QUEUE_TOKEN.test(token))
    .map(({ instance }) => instance as unknown as BullQueue)
    .filter(hasWorkers);
}

/** From the object: a factory made it, so Nest has no class for it. `@nestjs/bullmq` does the same. */
function classOf({ instance }: BuiltProvider): BuiltType | undefined {
  try {
    const { constructor } = Object.getPrototypeOf(instance) as object;
    return typeof constructor === 'function' ? constructor : undefined;
  } catch {
    return undefined;
  }
}

function hasWorkers(queue: BullQueue & { readonly opts?: { readonly processors?: unknown[] } }) {
  try {
    const isOurs = typeof queue.onApplicationShutdown === 'function';
    return isOurs && (queue.opts?.processors?.length ?? 0) > 0;
  } catch {
    // A test double of a queue.
    return false;
  }
}

function workerOf(host: { readonly worker?: unknown }): BullWorker | undefined {
  try {
    return host.worker as BullWorker;
  } catch {
    // The getter throws until `register()` has been called.
    return undefined;
  }
}
