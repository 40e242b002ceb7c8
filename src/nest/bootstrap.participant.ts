import type { Clock } from '../shutdown/clock.js';
import type { DrainParticipant, DrainTask } from '../shutdown/drain-participant.js';

/**
 * The start of the application as work in flight: a signal during the `onModuleInit` hooks waits
 * for them, so that each is followed by its `onModuleDestroy`.
 *
 * @internal
 */
export class BootstrapParticipant implements DrainParticipant {
  readonly name = 'bootstrap';
  #since = 0;
  #done: Promise<void> | undefined;
  #finish: (() => void) | undefined;

  constructor(private readonly clock: Clock) {}

  begin(): void {
    this.#since = this.clock.now();
    this.#done ??= new Promise((resolve) => (this.#finish = resolve));
  }

  end(): void {
    this.#finish?.();
    this.#done = undefined;
    this.#finish = undefined;
  }

  active(): number {
    return this.#done === undefined ? 0 : 1;
  }

  tasks(): readonly DrainTask[] {
    if (this.#done === undefined) return [];
    return [{ label: this.name, ageMs: this.clock.now() - this.#since }];
  }

  async drain(): Promise<void> {
    await this.#done;
  }
}
