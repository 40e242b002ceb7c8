import type { ModulesContainer } from '@nestjs/core';

import { replaceMethod } from './replace-method.js';

/** What nest-commander runs its command with, by class and method: `CommandFactory.run()` awaits it. */
const RUNNER = { class: 'CommandRunnerService', method: 'run' } as const;

/**
 * Has the command of nest-commander be work under way: it is the only thing that its process does.
 *
 * @param begin - begins a piece of work that holds the drain; returns what ends it
 * @returns what leaves it alone again
 * @internal
 */
export function followCommands(
  modules: ModulesContainer,
  begin: (label: string) => () => void,
): () => void {
  const restores = runnersOf(modules).map((runner) =>
    replaceMethod(runner, RUNNER.method, (original) => async (...args: unknown[]) => {
      const end = begin('command');
      try {
        return (await original(...args)) as unknown;
      } finally {
        end();
      }
    }),
  );
  return () => restores.forEach((restore) => restore?.());
}

function runnersOf(modules: ModulesContainer): object[] {
  return [...modules.values()]
    .flatMap(({ providers }) => [...providers.values()])
    .filter(({ metatype }) => typeof metatype === 'function' && metatype.name === RUNNER.class)
    .map(({ instance }) => instance as object | undefined)
    .filter((instance) => instance !== undefined);
}
