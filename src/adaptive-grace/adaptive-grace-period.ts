import type { Clock } from '../shutdown/clock.js';
import type { GracePeriod } from '../shutdown/grace-period.js';
import type { ShutdownObservers } from '../shutdown/shutdown-observer.js';
import type { EndedBy } from '../shutdown/shutdown-state.js';
import { never, within } from '../shutdown/within.js';

const LOOK_AGAIN_MS = 50;
/** An arrival in this share of the period, but at least in its last second, extends it. */
const STILL_SHARE = 0.2;
const STILL_AT_LEAST_MS = 1000;

/**
 * What is known of the peers that send traffic here.
 *
 * @internal
 */
export interface GraceEvidence {
  /** Marks the start of the grace period: silence counts from now on. */
  begin(): void;
  /** Whether traffic has stopped. */
  isOver(): boolean;
  /** When the last new connection came, by the clock; -Infinity if none has. */
  lastArrivalAt(): number;
}

/** @internal */
export interface GraceBounds {
  readonly minGracePeriodMs: number;
  readonly maxGracePeriodMs: number;
}

/**
 * A grace period that ends early when traffic has stopped, and is extended while new connections
 * arrive. The drain gives up the time that an extension takes.
 *
 * @internal
 */
export class AdaptiveGracePeriod implements GracePeriod {
  constructor(
    private readonly evidence: GraceEvidence,
    private readonly bounds: GraceBounds,
    private readonly clock: Clock,
  ) {}

  async pass(
    ms: number,
    interrupt: AbortSignal,
    observers: Pick<ShutdownObservers, 'tell'>,
  ): Promise<EndedBy> {
    const begin = this.clock.now();
    this.evidence.begin();
    await this.#until(begin + this.bounds.minGracePeriodMs, interrupt);
    if (await this.#isOverBefore(begin + ms, interrupt)) return 'quiet';
    await this.#extend(begin, ms, interrupt, observers);
    return interrupt.aborted ? 'signal' : 'elapsed';
  }

  async #isOverBefore(end: number, interrupt: AbortSignal): Promise<boolean> {
    while (this.clock.now() < end && !interrupt.aborted) {
      if (this.evidence.isOver()) return true;
      await this.#until(Math.min(end, this.clock.now() + LOOK_AGAIN_MS), interrupt);
    }
    return false;
  }

  async #extend(
    begin: number,
    ms: number,
    interrupt: AbortSignal,
    observers: Pick<ShutdownObservers, 'tell'>,
  ): Promise<void> {
    const { maxGracePeriodMs } = this.bounds;
    const stillMs = Math.max(STILL_AT_LEAST_MS, ms * STILL_SHARE);
    const end = () => {
      const last = this.evidence.lastArrivalAt();
      return last < begin ? begin : Math.min(last + stillMs, begin + maxGracePeriodMs);
    };
    if (interrupt.aborted || this.clock.now() >= end()) return;
    observers.tell((observer) => observer.graceExtended?.(stillMs, maxGracePeriodMs));
    while (this.clock.now() < end() && !interrupt.aborted) await this.#until(end(), interrupt);
  }

  /** A timer of Node may fire a moment early. */
  async #until(at: number, interrupt: AbortSignal): Promise<void> {
    while (this.clock.now() < at && !interrupt.aborted) {
      await within(this.clock, at - this.clock.now(), never(), interrupt);
    }
  }
}
