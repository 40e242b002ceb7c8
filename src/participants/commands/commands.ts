import type { WorkTracker } from '../../handlers/work-tracker.js';
import { type BuiltProviders, providersNamed } from '../../nest/built-provider.js';
import { ReplacedMethods } from '../../nest/replace-method.js';

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
  readonly #replaced = new ReplacedMethods();

  constructor(
    private readonly providers: BuiltProviders,
    private readonly tracker: Pick<WorkTracker, 'begin'>,
  ) {}

  prepare(): void {
    for (const runner of providersNamed(this.providers, RUNNER.class, RUNNER.method)) {
      this.#replaced.replace(runner, RUNNER.method, (run) => async (...args: unknown[]) => {
        const end = this.tracker.begin('command');
        try {
          return (await run(...args)) as unknown;
        } finally {
          end();
        }
      });
    }
  }

  dispose(): void {
    this.#replaced.restore();
  }
}
