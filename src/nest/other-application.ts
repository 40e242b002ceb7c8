import type { ModulesContainer } from '@nestjs/core';

import type { Clock } from '../shutdown/clock.js';
import type { ProcessMember } from '../shutdown/process-member.js';
import type { ShutdownBudget } from '../shutdown/shutdown-budget.js';
import type { ShutdownFailure } from '../shutdown/shutdown-outcome.js';
import { ShutdownSequence } from '../shutdown/shutdown-sequence.js';
import type { NestInstance } from './application-sighting.js';
import { CapturedApplication } from './captured-application.js';

/**
 * Another application of the process, which does not import the module. It leaves with the one that
 * does, within the same times, because nothing else would close it.
 *
 * @internal
 */
export class OtherApplication implements ProcessMember {
  signals: readonly NodeJS.Signals[] = [];
  readonly leavesOnCrash = false;
  readonly sequence: ShutdownSequence;
  /** Called before its first `onModuleInit`. */
  beforeInit = () => {};
  readonly #application: CapturedApplication;
  /** The signals that its `main.ts` asked Nest to handle, which are handled here instead. */
  #asked: readonly unknown[] | undefined;

  constructor(
    readonly instance: NestInstance,
    modules: ModulesContainer,
    budget: ShutdownBudget,
    clock: Clock,
    onFailure: (failure: ShutdownFailure) => void,
    onSignals: (signals: readonly string[] | undefined) => void,
  ) {
    this.sequence = new ShutdownSequence(budget, clock);
    this.#application = new CapturedApplication(instance, modules, this.sequence, clock);
    this.#application.beforeInit = () => this.beforeInit();
    this.#application.onFailed = () => this.sequence.abandon();
    this.#application.onHooksEnabled = (...asked) => {
      this.#asked = asked;
      onSignals(asked[0]);
    };
    this.sequence.observe({
      failed: onFailure,
      hookUnreadable: (where, error) => onFailure({ where, error }),
    });
  }

  isCreated(): boolean {
    return true;
  }

  isStarting(): boolean {
    return this.#application.isStarting;
  }

  isServer(): boolean {
    return 'listen' in this.instance;
  }

  isReachable(): boolean {
    return this.#application.isReachable;
  }

  /** The application that it would have left with is closed: Nest handles it again. */
  release(): void {
    this.#application.release();
    if (this.#asked === undefined) return;
    (this.instance as { enableShutdownHooks?(...args: unknown[]): unknown }).enableShutdownHooks?.(
      ...this.#asked,
    );
  }
}
