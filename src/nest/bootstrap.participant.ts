import type { Clock } from '../shutdown/clock.js';
import type { DrainParticipant, DrainTask } from '../shutdown/drain-participant.js';
import { TasksInFlight } from '../shutdown/tasks-in-flight.js';

/**
 * The start of the application as work in flight: a signal during the `onModuleInit` hooks waits
 * for them, so that each is followed by its `onModuleDestroy`.
 *
 * @internal
 */
export class BootstrapParticipant implements DrainParticipant {
  readonly name = 'bootstrap';
  readonly #tasks: TasksInFlight;
  #end = () => {};

  constructor(clock: Clock) {
    this.#tasks = new TasksInFlight(clock);
  }

  begin(): void {
    this.end();
    this.#end = this.#tasks.begin(this.name);
  }

  end(): void {
    this.#end();
  }

  active(): number {
    return this.#tasks.count;
  }

  tasks(): readonly DrainTask[] {
    return this.#tasks.list();
  }

  async drain(): Promise<void> {
    await this.#tasks.none();
  }
}
