import type { Clock } from './clock.js';
import type { Outcome } from './outcome.js';
import { within } from './within.js';

/**
 * Sends off what was collected while the application ran and was taken apart: telemetry. It comes
 * after everything else, so that it has all of it.
 *
 * @internal
 */
export interface Flush {
  /** How long it may take; what it does not need is not waited for. */
  readonly timeoutMs: number;
  run(): Promise<void>;
}

/** @internal */
export interface FlushResult {
  readonly outcome: Outcome;
  readonly ms: number;
}

/** Of the time for closing, how much flushes may claim at most. */
const LARGEST_SHARE = 0.5;

/**
 * All flushes of one application; they run side by side.
 *
 * @internal
 */
export class Flushes {
  readonly #flushes = new Set<Flush>();

  constructor(private readonly clock: Clock) {}

  add(flush: Flush): () => void {
    this.#flushes.add(flush);
    return () => void this.#flushes.delete(flush);
  }

  /** How much of `closeMs` is kept for them, however long the teardown takes. */
  reserveMs(closeMs: number): number {
    const wanted = Math.max(0, ...[...this.#flushes].map(({ timeoutMs }) => timeoutMs));
    return Math.min(wanted, closeMs * LARGEST_SHARE);
  }

  /** @returns how they went, within their time and `ms`; undefined for none */
  async run(ms: number): Promise<FlushResult | undefined> {
    if (this.#flushes.size === 0) return undefined;
    const begin = this.clock.now();
    const outcomes = await Promise.all([...this.#flushes].map((one) => this.#outcomeOf(one, ms)));
    const outcome = outcomes.find((one) => one !== 'completed') ?? 'completed';
    return { outcome, ms: this.clock.now() - begin };
  }

  async #outcomeOf(flush: Flush, ms: number): Promise<Outcome> {
    let outcome: Outcome = 'cut';
    const run = async () => {
      await flush.run();
      outcome = 'completed';
    };
    const flushed = run().catch(() => void (outcome = 'failed'));
    await within(this.clock, Math.min(ms, flush.timeoutMs), flushed);
    return outcome;
  }
}
