import type { Clock } from '../shutdown/clock.js';
import type { Outcome } from '../shutdown/outcome.js';
import type { TeardownObserver } from '../shutdown/teardown.js';
import { within } from '../shutdown/within.js';
import { classNameOf } from './built-provider.js';
import type { HeldProvider } from './built-providers.js';
import { replaceMethod } from './replace-method.js';
import { sleepsAtSigterm } from './terminus.js';

/**
 * The objects of this package, whose hooks are not reported.
 *
 * @internal
 */
export const ownHooks = new WeakSet<object>();

const HOOKS = ['onModuleDestroy', 'beforeApplicationShutdown', 'onApplicationShutdown'] as const;
type Hook = (typeof HOOKS)[number];

/**
 * How much time must be left for the other hooks. A slow hook delays them until then, because they
 * may close what it uses. Then they run anyway, each with a share of the rest.
 */
const LAST_CALL_MS = 1000;
const LAST_CALL_SHARE = 0.25;

/** How to run the hooks of one application. @internal */
export interface HookRules {
  /** The argument of the hooks, even where Nest would pass none (a microservice). */
  readonly signal: string | undefined;
  /**
   * Whether hooks are isolated, because the process ends. Otherwise they are only watched, and
   * their errors reach the caller of `close()`.
   */
  readonly isolated: boolean;
  /** The time left for all hooks, in ms. */
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
    providers: readonly HeldProvider[],
    private readonly rules: HookRules,
    private readonly clock: Clock,
    private readonly observer: TeardownObserver,
  ) {
    // If one object has several tokens, its class is the best name.
    const named = providers.toSorted((a, b) => Number(!a.type) - Number(!b.type));
    const seen = new Set<object>();
    for (const provider of named) {
      if (!provider.isStatic || ownHooks.has(provider.instance)) continue;
      if (!seen.has(provider.instance)) this.#followAll(provider);
      seen.add(provider.instance);
    }
  }

  /** The names of the hooks that have begun and not ended. */
  unfinished(): string[] {
    return [...this.#running.values()];
  }

  /** Resolves when even the hooks have ended that held up the others for too long. */
  async settled(): Promise<void> {
    await Promise.allSettled(this.#running.keys());
  }

  restore(): void {
    for (const restore of this.#restores.splice(0)) restore();
  }

  #followAll(provider: HeldProvider): void {
    const hidden = new Set<PropertyKey>();
    let error: unknown;
    for (const hook of HOOKS) {
      try {
        this.#follow(provider, hook);
      } catch (thrown) {
        hidden.add(hook);
        error = thrown;
      }
    }
    // Without isolation, Nest meets the same error and passes it to the caller of `close()`.
    if (hidden.size === 0 || !this.rules.isolated) return;
    this.#restores.push(hide(provider, hidden));
    this.observer.hookUnreadable(`${nameOf(provider)}.${[...hidden].join(', ')}`, error);
  }

  #follow(provider: HeldProvider, hook: Hook): void {
    const { rules } = this;
    const restore = replaceMethod(provider.instance, hook, (original) => {
      const where = `${nameOf(provider)}.${hook}`;
      return async (given?: string) => {
        if (!rules.isolated) return this.#watch(where, () => original(given));
        const shown = sleepsAtSigterm(provider) ? undefined : (given ?? rules.signal);
        const work = this.#watch(where, () => original(shown));
        const settled = work.catch((error: unknown) => this.observer.failed({ where, error }));
        const leftMs = rules.remainingMs();
        const lastCallMs = Math.min(LAST_CALL_MS, leftMs * LAST_CALL_SHARE);
        await within(this.clock, leftMs - lastCallMs, settled);
      };
    });
    if (restore !== undefined) this.#restores.push(restore);
  }

  async #watch(where: string, hook: () => unknown): Promise<void> {
    this.observer.hookBegan(where);
    const work = (async () => hook())();
    this.#running.set(work, where);
    let outcome: Outcome = 'failed';
    try {
      await work;
      outcome = 'completed';
    } finally {
      this.#running.delete(work);
      this.observer.hookEnded(where, outcome);
    }
  }
}

/** Hides these hooks from Nest, which would throw and run no other hook. */
function hide({ holder, instance }: HeldProvider, hooks: ReadonlySet<PropertyKey>): () => void {
  // Not a proxy of the object itself, whose properties the engine would read.
  const standIn = {};
  holder.instance = new Proxy(standIn, {
    get: (_, name) => (hooks.has(name) ? undefined : (Reflect.get(instance, name) as unknown)),
    getPrototypeOf: () => Reflect.getPrototypeOf(instance),
  });
  return () => void (holder.instance = instance);
}

function nameOf({ type, instance, token }: HeldProvider): string {
  return type?.name || classNameOf(instance) || nameOfToken(token);
}

function nameOfToken(token: unknown): string {
  return typeof token === 'function' ? token.name : String(token);
}
