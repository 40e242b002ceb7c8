import { type HttpAdapterHost, type ModulesContainer, NestApplicationContext } from '@nestjs/core';

/**
 * The part of an application of any kind that is used here. Only `close` is published, so
 * everything else is optional and checked before use.
 *
 * @internal
 */
export interface NestInstance {
  readonly container?: { getModules?(): ModulesContainer };
  readonly config?: { getGlobalInterceptors?(): unknown[] };
  /** Of a microservice, whose `config` is its options. */
  readonly applicationConfig?: { getGlobalInterceptors?(): unknown[] };
  readonly appOptions?: Readonly<Record<string, unknown>>;
  getMicroservices?(): readonly unknown[];
  getHttpAdapter?(): HttpAdapterHost['httpAdapter'];
  close(signal?: string): Promise<void>;
}

/**
 * The methods that applications call on themselves before the first `onModuleInit`. One with a
 * server (`NestApplication`, `NestMicroservice`) calls the first in its constructor, any other only
 * the second. The names are the same from 11.0.0 to 12.5.1.
 */
const SEAMS = ['selectContextModule', 'callInitHook'] as const;

type Seamed = NestInstance & { [Seam in (typeof SEAMS)[number]]?: (...args: unknown[]) => unknown };

const expected = new Map<ModulesContainer, (application: NestInstance) => void>();
/** The containers of applications that import the module. */
const owned = new WeakSet<ModulesContainer>();
const watchers = new Set<Watcher>();
let unpatch: (() => void) | undefined;

/** Called with an application that does not import the module. @internal */
export type Watcher = (application: NestInstance, modules: ModulesContainer) => void;

/**
 * Finds the application of a module. No provider refers to it, so it is caught when it calls one of
 * the methods above, and recognised by its container. In a hybrid application several are caught;
 * the first one owns the HTTP server and the others.
 *
 * @returns a function that stops waiting; the prototype is as before once nobody waits
 * @internal
 */
export function expectApplication(
  container: ModulesContainer,
  onSight: (application: NestInstance) => void,
): () => void {
  expected.set(container, onSight);
  owned.add(container);
  unpatch ??= patch(NestApplicationContext.prototype as unknown as Seamed);
  return () => stopExpecting(container);
}

/**
 * Calls back with each application that does not import the module.
 *
 * @returns a function that stops it
 * @internal
 */
export function watchOthers(watcher: Watcher): () => void {
  watchers.add(watcher);
  unpatch ??= patch(NestApplicationContext.prototype as unknown as Seamed);
  return () => {
    watchers.delete(watcher);
    mayUnpatch();
  };
}

function stopExpecting(container: ModulesContainer): void {
  expected.delete(container);
  mayUnpatch();
}

function mayUnpatch(): void {
  if (expected.size > 0 || watchers.size > 0) return;
  unpatch?.();
  unpatch = undefined;
}

function patch(prototype: Seamed): () => void {
  const restores = SEAMS.map((seam) => {
    const original = prototype[seam];
    if (typeof original !== 'function') return undefined;
    const replacement = function (this: Seamed, ...args: unknown[]): unknown {
      // The application may have replaced this method since.
      return sighted(this) ? this[seam]?.(...args) : original.apply(this, args);
    };
    if (!Reflect.set(prototype, seam, replacement)) return undefined;
    return () => {
      // A later patch still calls ours; restoring would remove that patch.
      if (prototype[seam] === replacement) prototype[seam] = original;
    };
  });
  return () => restores.forEach((restore) => restore?.());
}

function sighted(application: NestInstance): boolean {
  const container = application.container?.getModules?.();
  if (container === undefined) return false;
  const onSight = expected.get(container);
  if (onSight !== undefined) {
    onSight(application);
    stopExpecting(container);
    return true;
  }
  const [watcher] = watchers;
  if (watcher === undefined || owned.has(container)) return false;
  owned.add(container);
  watcher(application, container);
  return true;
}
