import type { Clock } from '../../shutdown/clock.js';
import { never, within } from '../../shutdown/within.js';
import type { Backoff } from './backoff.js';
import type { WorkerPlace, WorkerProcess } from './worker-process.js';

/** A worker that has lived this long is healthy; its death begins a new series. */
const STABLE_MS = 10_000;

/** @internal */
export type Worker = Pick<
  WorkerProcess,
  | 'pid'
  | 'name'
  | 'place'
  | 'ready'
  | 'ended'
  | 'gone'
  | 'phase'
  | 'ageMs'
  | 'waitsFor'
  | 'accept'
  | 'leave'
  | 'kill'
>;

/** @internal */
export interface SlotOptions {
  readonly readyTimeoutMs: number;
  readonly soakMs: number;
}

/** @internal */
export interface SlotOwner<W extends Worker> {
  start(place: WorkerPlace): W;
  currentGeneration(): number;
  /** A worker died unexpectedly. */
  died(worker: W, ending: string, againInMs: number): void;
  /** A new worker serves in place of another one. */
  serves(worker: W, instead: W | undefined): void;
  couldNotStart(slot: number, error: unknown): void;
}

/**
 * One place among the workers: keeps a worker running in it, and replaces it.
 *
 * @internal
 */
export class WorkerSlot<W extends Worker> {
  #current: W | undefined;
  /** The generation of the last worker that served. */
  #generation: number | undefined;
  #isBringing = false;
  readonly #stop = new AbortController();
  #skipWait = new AbortController();
  #isRecovering = false;

  constructor(
    private readonly number: number,
    private readonly owner: SlotOwner<W>,
    private readonly options: SlotOptions,
    private readonly backoff: Backoff,
    private readonly clock: Clock,
  ) {}

  /** The worker that serves, if there is one. */
  get current(): W | undefined {
    return this.#current;
  }

  /**
   * Starts a worker. Once it has proved itself, its predecessor leaves.
   *
   * @param soakMs - how long it must live beside its predecessor
   * @throws Error with the reason; nothing has changed then
   */
  async bring(soakMs = this.#current === undefined ? 0 : this.options.soakMs): Promise<void> {
    this.#isBringing = true;
    this.#skipWait.abort();
    try {
      await this.#exchange(soakMs, this.owner.currentGeneration());
    } finally {
      this.#isBringing = false;
      if (this.#generation !== undefined && this.#current === undefined) void this.recover();
    }
  }

  /** Fills the empty place, with as many attempts as it takes. */
  async recover(dead?: W): Promise<void> {
    if (this.#isRecovering) return;
    this.#isRecovering = true;
    let gone = dead;
    while (this.#current === undefined && !this.#isBringing && !this.#stop.signal.aborted) {
      const waitMs = this.backoff.next();
      if (gone !== undefined) this.owner.died(gone, await this.#endingOf(gone), waitMs);
      gone = undefined;
      this.#skipWait = new AbortController();
      await within(this.clock, waitMs, never(), this.#skipWait.signal);
      if (this.#skipWait.signal.aborted) break;
      try {
        // With the code that worked, not with newer code.
        await this.#exchange(0, this.#generation ?? this.owner.currentGeneration());
      } catch (error) {
        if (!this.#stop.signal.aborted) this.owner.couldNotStart(this.number, error);
      }
    }
    this.#isRecovering = false;
  }

  /** Starts no more workers, and kills the one that is starting. */
  retire(): void {
    this.#stop.abort();
    this.#skipWait.abort();
  }

  /** Its worker leaves and is not replaced. */
  dismiss(): void {
    this.retire();
    this.#current?.leave({ kind: 'restart' });
  }

  async #exchange(soakMs: number, generation: number): Promise<void> {
    this.#mustGoOn();
    const place = { slot: this.number, generation };
    const next = this.owner.start(place);
    let refusal: string | undefined;
    try {
      await this.#prove(next, soakMs);
      refusal = await this.#open(next);
    } catch (error) {
      // If the service stops, all are told to leave anyway.
      if (!this.#stop.signal.aborted) next.kill();
      throw error;
    }
    if (refusal !== undefined) {
      // It may have clients on its other sockets by now.
      next.leave({ kind: 'restart' });
      throw new Error(`${next.name} could not accept connections: ${refusal}`);
    }
    const before = this.#current;
    if (before !== undefined && before.place.generation > place.generation) {
      return next.leave({ kind: 'restart' });
    }
    this.#current = next;
    this.#generation = generation;
    void this.#watch(next);
    this.owner.serves(next, before);
    before?.leave({ kind: 'restart' });
  }

  /** Nobody is connected to it yet, so a failure loses nothing. */
  async #prove(worker: W, soakMs: number): Promise<void> {
    const { readyTimeoutMs } = this.options;
    const isSettled = Promise.race([worker.ready, worker.ended]);
    const isInTime = await this.#within(readyTimeoutMs, isSettled);
    if (!isInTime) {
      const reason = worker.waitsFor === undefined ? '' : `: ${worker.waitsFor}`;
      throw new Error(`${worker.name} was not ready within ${readyTimeoutMs} ms${reason}`);
    }
    await this.#mustLive(worker, 'before it was ready');
    if (soakMs > 0) await this.#within(soakMs, worker.gone);
    await this.#mustLive(worker, 'during its soak');
  }

  /** @returns why it cannot; undefined if it can */
  async #open(worker: W): Promise<string | undefined> {
    let refusal: string | undefined;
    const accepted = worker.accept().then((reason) => void (refusal = reason));
    await this.#within(this.options.readyTimeoutMs, accepted);
    await this.#mustLive(worker, 'before it accepted connections');
    return refusal;
  }

  async #within(ms: number, work: Promise<unknown>): Promise<boolean> {
    const isInTime = await within(this.clock, ms, work, this.#stop.signal);
    this.#mustGoOn();
    return isInTime;
  }

  #mustGoOn(): void {
    if (this.#stop.signal.aborted) throw new Error('the service is stopping');
  }

  async #mustLive(worker: W, when: string): Promise<void> {
    if (worker.phase !== 'leaving') return;
    throw new Error(`${worker.name} ${await this.#endingOf(worker)} ${when}`);
  }

  #endingOf(worker: W): Promise<string> {
    // A worker that leaves by itself may take its time.
    return Promise.race([worker.ended, this.clock.turn().then(() => 'left')]);
  }

  async #watch(worker: W): Promise<void> {
    await worker.gone;
    if (this.#current !== worker) return;
    this.#current = undefined;
    if (this.#stop.signal.aborted) return;
    if (worker.ageMs >= STABLE_MS) this.backoff.reset();
    await this.recover(worker);
  }
}
