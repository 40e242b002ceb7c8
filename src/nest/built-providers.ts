import type { ModulesContainer } from '@nestjs/core';

import type { BuiltProvider, BuiltType } from './built-provider.js';

type Module = ModulesContainer extends Map<string, infer M> ? M : never;
type Wrapper = Module['providers'] extends Map<unknown, infer W> ? W : never;

/** A provider with its module. @internal */
export interface HeldProvider extends BuiltProvider {
  readonly holder: { instance: unknown };
}

/** Everything that Nest has built and will tear down, under each of its tokens. @internal */
export function builtProviders(modules: ModulesContainer): HeldProvider[] {
  return [...modules.values()].flatMap(({ providers, controllers, injectables, middlewares }) =>
    [providers, controllers, injectables, middlewares]
      .flatMap((collection) => [...collection.values()] as Wrapper[])
      .filter(({ isAlias }) => !isAlias)
      .flatMap(builtFrom),
  );
}

function builtFrom(wrapper: Wrapper): HeldProvider[] {
  const { token } = wrapper;
  const type = wrapper.isNotMetatype ? undefined : (wrapper.metatype as BuiltType);
  const isStatic = wrapper.isDependencyTreeStatic();
  return holdersOf(wrapper).flatMap((holder) => {
    const { instance } = holder;
    return isObject(instance) ? [{ token, type, instance, isStatic, holder }] : [];
  });
}

function holdersOf(wrapper: Wrapper): { instance: unknown }[] {
  if (!wrapper.isTransient) return [wrapper];
  return wrapper.getStaticTransientInstances().filter((host) => host !== undefined);
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}
