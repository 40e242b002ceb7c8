import type { Clock } from './clock.js';
import type { ShutdownObservers } from './shutdown-observer.js';
import type { EndedBy } from './shutdown-state.js';
import { never, within } from './within.js';

/**
 * Decides when the grace period is over.
 *
 * @internal
 */
export interface GracePeriod {
  /**
   * @param ms - how long it is to be, as configured
   * @param interrupt - aborted when nobody waits any longer
   * @param observers - told when it goes on for longer than that
   * @returns why it has ended
   */
  pass(
    ms: number,
    interrupt: AbortSignal,
    observers: Pick<ShutdownObservers, 'tell'>,
  ): Promise<EndedBy>;
}

/** One that is as long as it was configured. @internal */
export class FixedGracePeriod implements GracePeriod {
  constructor(private readonly clock: Clock) {}

  async pass(ms: number, interrupt: AbortSignal): Promise<EndedBy> {
    await within(this.clock, ms, never(), interrupt);
    return interrupt.aborted ? 'signal' : 'elapsed';
  }
}
