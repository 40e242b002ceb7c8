import type { Clock } from '../shutdown/clock.js';
import type { DrainParticipant } from '../shutdown/drain-participant.js';
import type { ShutdownTrigger } from '../shutdown/shutdown-trigger.js';
import type { Teardown, TeardownObserver } from '../shutdown/teardown.js';
import { sleep } from '../shutdown/within.js';

/**
 * The least time that each state lasts, so that none ends while time stands still. Too short to
 * show in a report; a power of two, so that adding it to whole ms is exact.
 */
const HOLD_MS = 2 ** -7;

/** Holds `draining`, without anything in flight. @internal */
export function heldDrain(clock: Clock): DrainParticipant {
  return { name: 'test', active: () => 0, drain: () => sleep(clock, HOLD_MS) };
}

/**
 * Holds `closing` before the first hook.
 *
 * @internal
 */
export class HeldTeardown implements Teardown {
  #hasBegun = false;

  /** @param closeMs - the time for closing */
  constructor(
    private readonly teardown: Teardown,
    private readonly closeMs: number,
    private readonly clock: Clock,
  ) {}

  get hasBegun(): boolean {
    return this.#hasBegun;
  }

  async run(trigger: ShutdownTrigger, observer: TeardownObserver): Promise<void> {
    await sleep(this.clock, Math.min(HOLD_MS, this.closeMs));
    this.#hasBegun = true;
    await this.teardown.run(trigger, observer);
  }

  unfinished(): readonly string[] {
    return this.teardown.unfinished();
  }
}
