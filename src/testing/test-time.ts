import type { ShutdownSequence } from '../shutdown/shutdown-sequence.js';
import type { ShutdownState } from '../shutdown/shutdown-state.js';
import type { FakeClock } from './fake-clock.js';
import type { HeldTeardown } from './held-states.js';
import { isSoWithin } from './real-time.js';

/** How far past the promised end of a shutdown to look for an event. */
const MARGIN_MS = 1000;
/** How long work may react to the deadline signal, in real time, before it is cut. */
const REACTION_MS = 50;
/** A deadline this close is the next event. */
const BRINK_MS = 1;

/**
 * Moves the time of a shutdown from timer to timer. Sockets, queries and hooks, which run in real
 * time, get time to keep up.
 *
 * @internal
 */
export class TestTime {
  /** The state in which something hangs, where nothing is waited for any more. */
  #hangsIn: ShutdownState | undefined;

  constructor(
    private readonly clock: FakeClock,
    private readonly sequence: ShutdownSequence,
    private readonly teardown: HeldTeardown,
    private readonly patienceMs: number,
  ) {}

  /** Lets `ms` pass. */
  async advance(ms: number): Promise<void> {
    const end = this.clock.now() + ms;
    await this.#move(end, () => false, false);
    await this.clock.advance(end - this.clock.now());
  }

  /**
   * Lets time pass until the condition holds, at most a little longer than a shutdown may take.
   *
   * @param waitsForWork - whether time stands still for work in flight, as it does for hooks
   * @returns whether it holds
   */
  async until(isReached: () => boolean, waitsForWork: boolean): Promise<boolean> {
    const end = this.clock.now() + this.sequence.remainingMs() + MARGIN_MS;
    await this.#move(end, isReached, waitsForWork);
    return isSoWithin(this.patienceMs, isReached);
  }

  async #move(end: number, isReached: () => boolean, waitsForWork: boolean): Promise<void> {
    await this.clock.settle();
    while (!isReached()) {
      if (await this.#hasCaughtUp(isReached, waitsForWork)) continue;
      if (!(await this.clock.step(end))) return;
    }
  }

  /** @returns whether there was something to wait for, and it happened */
  async #hasCaughtUp(isReached: () => boolean, waitsForWork: boolean): Promise<boolean> {
    const { state } = this.sequence;
    if (this.#hangsIn === state || !this.#isHeldUp(waitsForWork)) return false;
    const isOver = () => isReached() || this.sequence.state !== state || !this.#isHeldUp(true);
    const ms = state === 'forcing' ? Math.min(REACTION_MS, this.patienceMs) : this.patienceMs;
    const isCaughtUp = await isSoWithin(ms, isOver);
    if (!isCaughtUp) this.#hangsIn = state;
    await this.clock.settle();
    return isCaughtUp;
  }

  #isHeldUp(waitsForWork: boolean): boolean {
    const { state, inFlight } = this.sequence;
    if (state === 'closing') return this.teardown.hasBegun;
    if (!waitsForWork) return false;
    if (state === 'forcing') return inFlight > 0;
    // Waits last for a participant that drains without work in flight, such as a consumer that
    // leaves its broker.
    return state === 'draining' && (inFlight > 0 || this.#isAtDeadline());
  }

  #isAtDeadline(): boolean {
    return this.clock.nextInMs >= this.sequence.drainRemainingMs() - BRINK_MS;
  }
}
