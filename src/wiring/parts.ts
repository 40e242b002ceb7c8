import type {
  FactoryProvider,
  OnApplicationBootstrap,
  OnModuleInit,
  Provider,
} from '@nestjs/common';

import { provide } from './provide.js';
import type { Injectable } from './token.js';

type Hooks = Partial<OnModuleInit & OnApplicationBootstrap>;

/**
 * The parts of the module, each made once with what it injects. Nest keeps a record of each provider,
 * scans it, and makes dozens of promises for it: with sixty of them, a test application took several
 * times as long to start. So Nest knows these as one provider, and those that others inject.
 *
 * @internal
 */
export class Parts implements OnModuleInit, OnApplicationBootstrap {
  readonly #made: Map<Injectable, unknown>;
  readonly #hooked: readonly Hooks[];

  /** @param given - what Nest has injected */
  constructor(
    private readonly plans: ReadonlyMap<Injectable, FactoryProvider>,
    published: ReadonlySet<Injectable>,
    given: ReadonlyMap<Injectable, unknown>,
  ) {
    this.#made = new Map(given);
    for (const token of plans.keys()) this.get(token);
    // Nest calls the hooks of its providers by itself.
    const own = [...plans.keys()].filter((token) => !published.has(token));
    this.#hooked = own.map((token) => Object(this.get(token)) as Hooks);
  }

  get<T>(token: Injectable<T>): T {
    if (!this.#made.has(token)) this.#made.set(token, this.#make(token));
    return this.#made.get(token) as T;
  }

  async onModuleInit(): Promise<void> {
    await Promise.all(this.#hooked.map((part) => part.onModuleInit?.() as unknown));
  }

  onApplicationBootstrap(): void {
    for (const part of this.#hooked) part.onApplicationBootstrap?.();
  }

  #make(token: Injectable): unknown {
    const { inject = [], useFactory } = this.plans.get(token)!;
    return useFactory(...inject.map((one) => this.get(one as Injectable))) as unknown;
  }
}

/**
 * Makes providers for Nest of all parts.
 *
 * @param published - those that others inject
 * @internal
 */
export function partsOf(
  all: readonly FactoryProvider[],
  published: readonly Injectable[],
): Provider[] {
  const plans = new Map(all.map((part) => [part.provide as Injectable, part]));
  const injected = new Set(all.flatMap(({ inject = [] }) => inject as Injectable[]));
  const given = [...injected].filter((token) => !plans.has(token));
  return [
    provide(Parts, given, (...values: unknown[]) => {
      const byToken = new Map(given.map((token, i) => [token, values[i]]));
      return new Parts(plans, new Set(published), byToken);
    }),
    ...published.map((token) => provide(token, [Parts], (parts) => parts.get(token) as unknown)),
  ];
}
