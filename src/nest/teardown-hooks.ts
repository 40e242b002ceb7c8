import type { ModulesContainer } from '@nestjs/core';

import type { Clock } from '../shutdown/clock.js';
import type { TeardownObserver } from '../shutdown/teardown.js';
import { within } from '../shutdown/within.js';
import { replaceMethod } from './replace-method.js';

const HOOKS = ['onModuleDestroy', 'beforeApplicationShutdown', 'onApplicationShutdown'] as const;

/** Of the time left, how much one hook may hold up those after it. */
const LONGEST_SHARE = 0.75;

/** How the hooks of one application are to be run. @internal */
export interface HookRules {
  /** What they are called with, also where Nest would not (a microservice). */
  readonly signal: string | undefined;
  /**
   * Whether each is on its own: the application takes its process along. Otherwise they are only
   * watched, and their errors are for whoever closes the application.
   */
  readonly isolated: boolean;
  /** How much time is left for all of them. */
  remainingMs(): number;
}

/**
 * The teardown hooks of an application. Isolated, a hook that throws does not stop the others
 * (Nest 11 would: nest#17039), one that never ends does not either (Nest awaits each for ever), and
 * both are known by name (Nest 12 only logs the error).
 *
 * @internal
 */
export class TeardownHooks {
  readonly #running = new Map<Promise<unknown>, string>();
  readonly #restores: (() => void)[] = [];

  constructor(
    modules: ModulesContainer,
    private readonly rules: HookRules,
    private readonly clock: Clock,
    private readonly observer: TeardownObserver,
  ) {
    for (const instance of instancesOf(modules)) {
      for (const hook of HOOKS) this.#follow(instance, hook);
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

  #follow(instance: object, hook: (typeof HOOKS)[number]): void {
    const where = `${instance.constructor?.name ?? 'Object'}.${hook}`;
    const { rules } = this;
    const restore = replaceMethod(instance, hook, (original) => async (given?: string) => {
      if (!rules.isolated) return this.#watch(where, () => original(given));
      const shown = waitsForABalancer(instance) ? undefined : (given ?? rules.signal);
      const work = this.#watch(where, () => original(shown));
      const settled = work.catch((error: unknown) => this.observer.failed({ where, error }));
      await within(this.clock, rules.remainingMs() * LONGEST_SHARE, settled);
    });
    if (restore !== undefined) this.#restores.push(restore);
  }

  async #watch(where: string, hook: () => unknown): Promise<void> {
    this.observer.hookBegan(where);
    const work = (async () => hook())();
    this.#running.set(work, where);
    let hasFailed = true;
    try {
      await work;
      hasFailed = false;
    } finally {
      this.#running.delete(work);
      this.observer.hookEnded(where, hasFailed);
    }
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
