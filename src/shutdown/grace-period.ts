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
   * @param ms - the configured length
   * @param interrupt - aborted when the grace period must end now
   * @param observers - notified of an extension
   * @returns why it has ended
   */
  pass(
    ms: number,
    interrupt: AbortSignal,
    observers: Pick<ShutdownObservers, 'tell'>,
  ): Promise<EndedBy>;
}

/** A grace period of the configured length. @internal */
export class FixedGracePeriod implements GracePeriod {
  constructor(private readonly clock: Clock) {}

  async pass(ms: number, interrupt: AbortSignal): Promise<EndedBy> {
    await within(this.clock, ms, never(), interrupt);
    return interrupt.aborted ? 'signal' : 'elapsed';
  }
}
