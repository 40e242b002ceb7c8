import type { ModulesContainer } from '@nestjs/core';

import type { Clock } from '../shutdown/clock.js';
import type { ShutdownFailure } from '../shutdown/shutdown-outcome.js';
import { within } from '../shutdown/within.js';
import { replaceMethod } from './replace-method.js';

const HOOKS = ['onModuleDestroy', 'beforeApplicationShutdown', 'onApplicationShutdown'] as const;

/** Of the time left, how much one hook may hold up those after it. */
const LONGEST_SHARE = 0.75;

/**
 * The teardown hooks of an application that takes its process along. A hook that throws does not
 * stop the others (Nest 11 would: nest#17039), one that never ends does not either (Nest awaits
 * each for ever), and both are known by name (Nest 12 only logs the error).
 *
 * @internal
 */
export class TeardownHooks {
  readonly #running = new Map<Promise<unknown>, string>();
  readonly #restores: (() => void)[] = [];

  /**
   * @param signal - what the hooks are called with, also where Nest would not (a microservice)
   * @param remainingMs - how much time is left for all hooks
   */
  constructor(
    modules: ModulesContainer,
    private readonly signal: string | undefined,
    private readonly remainingMs: () => number,
    private readonly clock: Clock,
    private readonly onFailure: (failure: ShutdownFailure) => void,
  ) {
    for (const instance of instancesOf(modules)) {
      for (const hook of HOOKS) this.#isolate(instance, hook);
    }
  }

  /** The names of the hooks that have begun and not ended. */
  unfinished(): string[] {
    return [...this.#running.values()];
  }

  /** Resolves when those have ended, too, that held up the others for too long. */
  async settled(): Promise<void> {
    await Promise.allSettled(this.#running.keys());
  }

  restore(): void {
    for (const restore of this.#restores.splice(0)) restore();
  }

  #isolate(instance: object, hook: (typeof HOOKS)[number]): void {
    const where = `${instance.constructor?.name ?? 'Object'}.${hook}`;
    const restore = replaceMethod(instance, hook, (original) => async (given?: string) => {
      const signal = waitsForABalancer(instance) ? undefined : (given ?? this.signal);
      const work = (async (): Promise<unknown> => original(signal))();
      this.#running.set(work, where);
      work
        .catch((error: unknown) => this.onFailure({ where, error }))
        .finally(() => this.#running.delete(work));
      await within(this.clock, this.remainingMs() * LONGEST_SHARE, work);
    });
    if (restore !== undefined) this.#restores.push(restore);
  }
}

/**
 * Terminus sleeps `gracefulShutdownTimeoutMs` when it sees a SIGTERM. By now the grace period has
 * been waited, so its hook gets to see none.
 *
 * @internal
 */
export function waitsForABalancer(instance: object): boolean {
  return terminusTimeoutMs(instance) > 0;
}

/** @internal */
export function terminusTimeoutMs(instance: object): number {
  const { options } = instance as { options?: { gracefulShutdownTimeoutMs?: unknown } | null };
  const timeoutMs = options?.gracefulShutdownTimeoutMs;
  return typeof timeoutMs === 'number' && 'beforeApplicationShutdown' in instance ? timeoutMs : 0;
}

/** All that Nest has built and will tear down, each once. @internal */
export function instancesOf(modules: ModulesContainer): Set<object> {
  const instances = new Set<object>();
  for (const { providers, controllers, injectables, middlewares } of modules.values()) {
    for (const collection of [providers, controllers, injectables, middlewares]) {
      for (const wrapper of collection.values()) {
        const built: unknown[] = wrapper.isTransient
          ? wrapper.getStaticTransientInstances().map((host) => host?.instance)
          : [wrapper.instance];
        for (const instance of built) if (isObject(instance)) instances.add(instance);
      }
    }
  }
  return instances;
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}
