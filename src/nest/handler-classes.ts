import type { ModulesContainer } from '@nestjs/core';

/** The names of the classes whose methods are handlers of requests and messages. @internal */
export function handlerClassesOf(modules: ModulesContainer): Set<string> {
  const names = new Set<string>();
  for (const { controllers } of modules.values()) {
    for (const { metatype } of controllers.values()) {
      if (typeof metatype === 'function') names.add(metatype.name);
    }
  }
  return names;
}
