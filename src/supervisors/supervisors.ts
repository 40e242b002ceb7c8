import type { HostedApplication } from '../shutdown/host.js';
import { totalMs } from '../shutdown/shutdown-budget.js';
import type { ShutdownSequence } from '../shutdown/shutdown-sequence.js';
import type { Supervisor } from './supervisor.js';

/** An application as its supervisors see it. @internal */
export type SupervisedApplication = Pick<HostedApplication, 'sequence' | 'onStarted'>;

/**
 * Reports the applications of this process to its supervisors as one: started when all have
 * started, leaving with the first, closed with the last.
 *
 * @internal
 */
export class Supervisors {
  readonly #starting = new Set<ShutdownSequence>();
  readonly #open = new Set<ShutdownSequence>();
  #hasStarted = false;
  #isLeaving = false;
  #isDone = false;

  constructor(private readonly supervisors: readonly Supervisor[]) {}

  /** Whether all applications that it has followed are closed. */
  get isDone(): boolean {
    return this.#isDone;
  }

  follow(application: SupervisedApplication): void {
    const { sequence } = application;
    this.#starting.add(sequence);
    this.#open.add(sequence);
    application.onStarted(() => this.#started(sequence));
    sequence.observe({
      entered: (state) => {
        if (state === 'grace' && sequence.endsProcess) this.#leaving();
      },
      closed: () => this.#closed(sequence),
      released: () => this.#released(sequence),
    });
  }

  #started(sequence: ShutdownSequence): void {
    this.#starting.delete(sequence);
    const isStarting = this.#starting.size > 0 || this.#open.size === 0;
    if (isStarting || this.#hasStarted || this.#isLeaving) return;
    this.#hasStarted = true;
    for (const supervisor of this.supervisors) supervisor.started?.(this.#budgetMs);
  }

  #leaving(): void {
    if (this.#isLeaving) return;
    this.#isLeaving = true;
    for (const supervisor of this.supervisors) supervisor.leaving?.(this.#budgetMs);
  }

  #closed(sequence: ShutdownSequence): void {
    this.#starting.delete(sequence);
    this.#open.delete(sequence);
    if (this.#open.size > 0 || this.#isDone) return;
    this.#isDone = true;
    for (const supervisor of this.supervisors) supervisor.closed?.();
  }

  /** One that has failed to start is not waited for; another attempt may follow. */
  #released(sequence: ShutdownSequence): void {
    this.#open.delete(sequence);
    this.#started(sequence);
  }

  get #budgetMs(): number {
    return Math.max(...[...this.#open].map(({ budget }) => totalMs(budget)));
  }
}
