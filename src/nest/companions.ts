import type { ModulesContainer } from '@nestjs/core';

import type { Clock } from '../shutdown/clock.js';
import type { ProcessShutdown } from '../shutdown/process-shutdown.js';
import type { ShutdownSequence } from '../shutdown/shutdown-sequence.js';
import { type NestInstance, watchOthers } from './application-sighting.js';
import { OtherApplication } from './other-application.js';

/**
 * The applications of the process that do not import the module, and leave with the one that does:
 * nothing else would close them before the process ends.
 *
 * @internal
 */
export class Companions {
  /** Called with each of them. */
  readonly onJoin: ((other: OtherApplication) => void)[] = [];
  /** Each with a function that takes it from the process. */
  readonly #joined = new Map<OtherApplication, () => void>();
  #stopWatching = () => {};

  /** @param onSignals - called with the signals that one of them asks Nest to handle */
  constructor(
    private readonly sequence: ShutdownSequence,
    private readonly process: ProcessShutdown,
    private readonly clock: Clock,
    private readonly onSignals: (signals: readonly string[] | undefined) => void,
  ) {}

  watch(): void {
    this.#stopWatching = watchOthers((other, modules) => this.#join(other, modules));
  }

  stopWatching(): void {
    this.#stopWatching();
  }

  /** Nest handles them again. */
  release(): void {
    for (const [other, leave] of this.#joined) {
      leave();
      other.release();
    }
    this.#joined.clear();
  }

  #join(instance: NestInstance, modules: ModulesContainer): void {
    const { sequence } = this;
    const other = new OtherApplication(
      instance,
      modules,
      sequence.budget,
      this.clock,
      ({ where, error }) => sequence.fail({ where: `another application: ${where}`, error }),
      this.onSignals,
    );
    const leave = this.process.join(other);
    this.#joined.set(other, leave);
    other.sequence.observe({
      released: () => {
        if (other.sequence.endsProcess) return;
        leave();
        this.#joined.delete(other);
      },
    });
    for (const callback of this.onJoin) callback(other);
  }
}
