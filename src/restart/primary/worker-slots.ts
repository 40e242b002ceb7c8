import { seconds } from '../../shutdown/amounts.js';
import { systemClock } from '../../shutdown/clock.js';
import { messageOf } from '../../shutdown/plain-text.js';
import { Backoff } from './backoff.js';
import type { ResolvedRestartOptions } from './restart-options.js';
import type { WorkerPlace, WorkerProcess } from './worker-process.js';
import { type SlotOwner, WorkerSlot } from './worker-slot.js';

/** How often in a row a start may fail while no worker serves. */
const FAILED_STARTS_AT_MOST = 10;

/**
 * All places for workers. They are filled at the start and after a death, and replaced at a reload.
 *
 * @internal
 */
export class WorkerSlots implements SlotOwner<WorkerProcess> {
  /** The generation of new workers. */
  generation = 1;
  /** Called when no worker serves and starting them has failed too often. */
  onGivenUp = () => {};
  readonly #slots: WorkerSlot<WorkerProcess>[] = [];
  /** The number of workers after the running reload. */
  goal: number;
  #failedStarts = 0;
  #isRetired = false;

  constructor(
    private readonly options: Pick<
      ResolvedRestartOptions,
      'workers' | 'readyTimeoutMs' | 'soakMs' | 'log'
    >,
    readonly start: (place: WorkerPlace) => WorkerProcess,
  ) {
    this.goal = options.workers;
    for (let i = 0; i < options.workers; i++) this.#add();
  }

  /** How many workers there should be. */
  get wanted(): number {
    return this.#slots.length;
  }

  /** The workers that serve. */
  get serving(): readonly WorkerProcess[] {
    return this.#slots.flatMap(({ current }) => current ?? []);
  }

  /**
   * Fills all places side by side. A place that fails is filled later, if another one is filled.
   *
   * @throws Error with the reason if none could be filled
   */
  async fill(): Promise<void> {
    const starts = await Promise.allSettled(this.#slots.map((slot) => slot.bring()));
    const failures = starts.filter((start) => start.status === 'rejected');
    if (failures.length === this.#slots.length) throw failures[0]!.reason;
    for (const [i, start] of starts.entries()) {
      if (start.status === 'fulfilled') continue;
      this.couldNotStart(i + 1, start.reason);
      void this.#slots[i]!.recover();
    }
  }

  /**
   * Replaces the workers one at a time, so that there are never too few. Stops at the first
   * failure.
   *
   * @param wanted - the new number of workers
   * @param onReplaced - called after each
   */
  async exchange(wanted: number, onReplaced: () => void): Promise<void> {
    this.goal = wanted;
    for (let i = 0; i < wanted && !this.#isRetired; i++) {
      await (this.#slots[i]?.bring() ?? this.#bringOneMore());
      onReplaced();
    }
    if (this.#isRetired) throw new Error('the service is stopping');
    for (const slot of this.#slots.splice(wanted)) slot.dismiss();
  }

  /** Starts no more workers. */
  retire(): void {
    this.#isRetired = true;
    for (const slot of this.#slots) slot.retire();
  }

  currentGeneration(): number {
    return this.generation;
  }

  died({ pid }: WorkerProcess, ending: string, againInMs: number): void {
    const again = againInMs === 0 ? 'at once' : `in ${seconds(againInMs)}`;
    this.options.log.warn(`Worker ${pid} ${ending}: starting another one ${again}`);
  }

  serves({ pid, place }: WorkerProcess, instead: WorkerProcess | undefined): void {
    this.#failedStarts = 0;
    const leaves = instead === undefined ? '' : `, ${instead.pid} leaves`;
    this.options.log.log(`Worker ${pid} is ready in slot ${place.slot}${leaves}`);
  }

  couldNotStart(slot: number, error: unknown): void {
    const { log } = this.options;
    log.error(`No worker in slot ${slot}: ${messageOf(error)}`);
    this.#failedStarts += 1;
    if (this.serving.length > 0 || this.#failedStarts < FAILED_STARTS_AT_MOST) return;
    log.error(
      `No worker is running, and ${this.#failedStarts} starts in a row have failed: giving up`,
    );
    this.onGivenUp();
  }

  #add(): WorkerSlot<WorkerProcess> {
    const number = this.#slots.length + 1;
    const slot = new WorkerSlot(number, this, this.options, new Backoff(), systemClock);
    this.#slots.push(slot);
    return slot;
  }

  async #bringOneMore(): Promise<void> {
    const slot = this.#add();
    try {
      await slot.bring();
    } catch (error) {
      this.#slots.pop();
      throw error;
    }
  }
}
