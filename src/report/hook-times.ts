import type { Clock } from '../shutdown/clock.js';
import type { Outcome } from '../shutdown/outcome.js';
import type { ReportedHook } from './shutdown-report.js';

const KEPT = 100;

interface Hook {
  readonly name: string;
  readonly begin: number;
  end?: number;
  outcome?: Outcome;
}

/**
 * When each hook of the teardown began and ended.
 *
 * @internal
 */
export class HookTimes {
  readonly #hooks: Hook[] = [];

  constructor(private readonly clock: Clock) {}

  began(name: string): void {
    this.#hooks.push({ name, begin: this.clock.now() });
  }

  /** Instances of one class share a name: the one that began first is meant. */
  ended(name: string, outcome: Outcome): void {
    const hook = this.#hooks.find((one) => one.name === name && one.end === undefined);
    if (hook === undefined) return;
    hook.end = this.clock.now();
    hook.outcome = outcome;
  }

  /**
   * Whether a hook has thrown. If the process goes on, this is the only record (nest@12 only logs
   * it).
   */
  get hasFailed(): boolean {
    return this.#hooks.some(({ outcome }) => outcome === 'failed');
  }

  /** @param begin - when the shutdown began */
  all(begin: number): ReportedHook[] {
    const now = this.clock.now();
    const hooks = this.#hooks.map((hook) => ({
      name: hook.name,
      atMs: hook.begin - begin,
      ms: (hook.end ?? now) - hook.begin,
      outcome: hook.outcome ?? 'cut',
    }));
    if (hooks.length <= KEPT) return hooks;
    const slowest = new Set(hooks.toSorted((a, b) => b.ms - a.ms).slice(0, KEPT));
    return hooks.filter((hook) => slowest.has(hook));
  }
}
