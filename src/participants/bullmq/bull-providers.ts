import 'reflect-metadata';

import { queuesOf } from '../../consumers/nest-queues.js';
import {
  type BuiltProvider,
  type BuiltProviders,
  type BuiltType,
  providersNamed,
  readable,
} from '../../nest/built-provider.js';
import type { BullWorker } from './bull-worker.js';
import type { BullQueue } from './hidden-workers.js';

/** Written on a class by `@Processor()`. */
const PROCESSOR = 'bullmq:processor_metadata';

/** The provider of `@nestjs/bullmq` whose `register()` makes the workers. @internal */
export interface BullExplorer {
  register(): void;
}

/** @internal */
export function explorersOf(providers: BuiltProviders): BullExplorer[] {
  return providersNamed(providers, 'BullExplorer', 'register') as BullExplorer[];
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
    const host: { readonly worker?: BullWorker } = provider.instance;
    // The getter throws until `register()` has been called.
    const worker = readable(() => host.worker);
    return worker === undefined ? [] : [{ worker, owner: type.name }];
  });
}

/** The queues whose workers were given to `registerQueue()`. @internal */
export function queuesWithWorkersOf(providers: BuiltProviders): BullQueue[] {
  type Options = { readonly opts?: { readonly processors?: unknown[] } };
  return queuesOf<BullQueue & Options>(
    providers,
    ({ opts }) => (opts?.processors?.length ?? 0) > 0,
  );
}

/** From the object: a factory made it, so Nest has no class for it. `@nestjs/bullmq` does the same. */
function classOf({ instance }: BuiltProvider): BuiltType | undefined {
  const type = readable(() => (Object.getPrototypeOf(instance) as object).constructor);
  return typeof type === 'function' ? type : undefined;
}
