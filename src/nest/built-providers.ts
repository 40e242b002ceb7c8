import type { ModulesContainer } from '@nestjs/core';

import type { BuiltProvider, BuiltType } from './built-provider.js';

type Module = ModulesContainer extends Map<string, infer M> ? M : never;
type Wrapper = Module['providers'] extends Map<unknown, infer W> ? W : never;

/** A provider with its module. @internal */
export interface HeldProvider extends BuiltProvider {
  readonly holder: { instance: unknown };
}

const builtInThisTurn = new WeakMap<ModulesContainer, readonly HeldProvider[]>();

/**
 * Everything that Nest has built and will tear down, under each of its tokens. Looks once for all
 * who ask in the same turn.
 *
 * @internal
 */
export function builtProviders(modules: ModulesContainer): readonly HeldProvider[] {
  const known = builtInThisTurn.get(modules);
  if (known !== undefined) return known;
  const built = lookForBuilt(modules);
  builtInThisTurn.set(modules, built);
  queueMicrotask(() => builtInThisTurn.delete(modules));
  return built;
}

function lookForBuilt(modules: ModulesContainer): HeldProvider[] {
  const built: HeldProvider[] = [];
  for (const { providers, controllers, injectables, middlewares } of modules.values()) {
    for (const collection of [providers, controllers, injectables, middlewares]) {
      for (const wrapper of collection.values() as Iterable<Wrapper>) addBuilt(wrapper, built);
    }
  }
  return built;
}

function addBuilt(wrapper: Wrapper, built: HeldProvider[]): void {
  if (wrapper.isAlias) return;
  const { token } = wrapper;
  for (const holder of holdersOf(wrapper)) {
    const { instance } = holder;
    if (!isObject(instance)) continue;
    const type = wrapper.isNotMetatype ? undefined : (wrapper.metatype as BuiltType);
    built.push({ token, type, instance, isStatic: wrapper.isDependencyTreeStatic(), holder });
  }
}

function holdersOf(wrapper: Wrapper): { instance: unknown }[] {
  if (!wrapper.isTransient) return [wrapper];
  return wrapper.getStaticTransientInstances().filter((host) => host !== undefined);
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}
