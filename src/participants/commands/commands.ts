import type { ModulesContainer } from '@nestjs/core';

import type { WorkTracker } from '../../handlers/work-tracker.js';
import { replaceMethod } from '../../nest/replace-method.js';

/**
 * The class and method with which nest-commander runs its command: `CommandFactory.run()` awaits
 * it.
 */
const RUNNER = { class: 'CommandRunnerService', method: 'run' } as const;

/**
 * The command of nest-commander as work in flight: its process does nothing else.
 *
 * @internal
 */
export class Commands {
  readonly #restores: ((() => void) | undefined)[] = [];

  constructor(
    private readonly modules: ModulesContainer,
    private readonly tracker: Pick<WorkTracker, 'begin'>,
  ) {}

  prepare(): void {
    for (const runner of runnersOf(this.modules)) {
      const restore = replaceMethod(runner, RUNNER.method, (run) => async (...args: unknown[]) => {
        const end = this.tracker.begin('command');
        try {
          return (await run(...args)) as unknown;
        } finally {
          end();
        }
      });
      this.#restores.push(restore);
    }
  }

  dispose(): void {
    for (const restore of this.#restores.splice(0)) restore?.();
  }
}

function runnersOf(modules: ModulesContainer): object[] {
  return [...modules.values()]
    .flatMap(({ providers }) => [...providers.values()])
    .filter(({ metatype }) => typeof metatype === 'function' && metatype.name === RUNNER.class)
    .map(({ instance }) => instance as object | undefined)
    .filter((instance) => instance !== undefined);
}
