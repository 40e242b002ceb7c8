import type { Clock } from './clock.js';
import type { Outcome } from './outcome.js';
import { within } from './within.js';

/**
 * Sends what was collected until the end, such as telemetry. It runs after everything else, so that
 * nothing is missing.
 *
 * @internal
 */
export interface Flush {
  /** The longest that it may take, in ms. */
  readonly timeoutMs: number;
  run(): Promise<void>;
}

/** @internal */
export interface FlushResult {
  readonly outcome: Outcome;
  readonly ms: number;
}

/** The share of the time for closing that flushes may claim at most. */
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

  /** The part of `closeMs` that is kept for them, however long the teardown takes. */
  reserveMs(closeMs: number): number {
    const wanted = Math.max(0, ...[...this.#flushes].map(({ timeoutMs }) => timeoutMs));
    return Math.min(wanted, closeMs * LARGEST_SHARE);
  }

  /** @returns the result, within their time and `ms`; undefined if there are none */
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
