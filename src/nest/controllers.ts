import type { Type } from '@nestjs/common';
import type { ModulesContainer } from '@nestjs/core';

/** The classes of the controllers of an application, in the order in which Nest looks at them. @internal */
export function controllersOf(modules: ModulesContainer): Type[] {
  return [...modules.values()]
    .flatMap(({ controllers }) => [...controllers.values()])
    .map(({ metatype }) => metatype)
    .filter((metatype): metatype is Type => typeof metatype === 'function');
}

/** The names of the classes whose methods are handlers of requests and messages. @internal */
export function handlerClassesOf(modules: ModulesContainer): Set<string> {
  return new Set(controllersOf(modules).map(({ name }) => name));
}
