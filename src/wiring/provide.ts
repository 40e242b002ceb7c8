import type { FactoryProvider } from '@nestjs/common';

import type { Injectable, Values } from './token.js';

/**
 * A provider made by a function. The compiler checks the tokens against the parameters of the
 * function, one by one.
 *
 * @internal
 */
export function provide<T, const Inject extends readonly Injectable[]>(
  provided: Injectable<T>,
  inject: Inject,
  make: (...values: Values<Inject>) => T,
): FactoryProvider<T> {
  return { provide: provided, inject: [...inject], useFactory: make };
}

/** The tokens of the parameters of a constructor, in their order. @internal */
export type Tokens<Parameters extends readonly unknown[]> = {
  readonly [I in keyof Parameters]: Injectable<Parameters[I]>;
};

/** A provider of a class, constructed with its dependencies. @internal */
export function provideClass<T, Parameters extends readonly unknown[]>(
  provided: new (...values: Parameters) => T,
  inject: Tokens<Parameters>,
): FactoryProvider<T> {
  return {
    provide: provided,
    inject: [...inject] as Injectable[],
    useFactory: (...values: unknown[]) => new provided(...(values as unknown as Parameters)),
  };
}
