import type { Clock } from '../shutdown/clock.js';
import type { ShutdownState, EndedBy } from '../shutdown/shutdown-state.js';
import type { ReportedState } from './shutdown-report.js';

/**
 * When each state began and ended, and why.
 *
 * @internal
 */
export class StateTimes {
  readonly #past: ReportedState[] = [];
  #current: { readonly state: ReportedState['state']; readonly since: number } | undefined;

  constructor(
    private readonly clock: Clock,
    private readonly begin: number,
  ) {}

  /** @param endedBy - why the previous state ended */
  entered(state: ShutdownState, endedBy: EndedBy): void {
    const past = this.#endCurrent(endedBy);
    if (past !== undefined) this.#past.push(past);
    const isOver = state === 'running' || state === 'closed';
    this.#current = isOver ? undefined : { state, since: this.clock.now() };
  }

  /** The state that has not ended yet ends with the process. */
  all(): ReportedState[] {
    return [...this.#past, ...(this.#current ? [this.#endCurrent('exit')!] : [])];
  }

  #endCurrent(endedBy: EndedBy): ReportedState | undefined {
    if (this.#current === undefined) return undefined;
    const { state, since } = this.#current;
    return { state, atMs: since - this.begin, ms: this.clock.now() - since, endedBy };
  }
}
