import type { DrainParticipant } from '../shutdown/drain-participant.js';

/**
 * The start of the application as work under way: a signal that comes while `onModuleInit` hooks
 * run waits for them, so that each is followed by its `onModuleDestroy`.
 *
 * @internal
 */
export class BootstrapParticipant implements DrainParticipant {
  readonly name = 'bootstrap';
  #done: Promise<void> | undefined;
  #finish: (() => void) | undefined;

  begin(): void {
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

  async drain(): Promise<void> {
    await this.#done;
  }
}
