import type { Clock } from '../shutdown/clock.js';
import type { ReportedSample } from './shutdown-report.js';

/** Odd, so that the latest one stays when every other one goes. */
const AT_MOST = 63;
const FIRST_DISTANCE_MS = 25;

/**
 * Samples of the load at equal distances. The distance doubles when there are too many samples, so
 * they fit a shutdown of 50 ms as well as one of an hour.
 *
 * @internal
 */
export class LoadSamples {
  #samples: ReportedSample[] = [];
  #everyMs = FIRST_DISTANCE_MS;
  #receivedBefore = 0;
  #cancel = () => {};

  /** @param look - returns the load now; `received` counts from the start */
  constructor(
    private readonly clock: Clock,
    private readonly begin: number,
    private readonly look: () => Omit<ReportedSample, 'atMs'>,
  ) {
    this.#take();
  }

  all(): readonly ReportedSample[] {
    return [...this.#samples];
  }

  stop(): void {
    this.#cancel();
  }

  #take(): void {
    const { inFlight, connections, received } = this.look();
    const atMs = this.clock.now() - this.begin;
    this.#samples.push({
      atMs,
      inFlight,
      connections,
      received: received - this.#receivedBefore,
    });
    this.#receivedBefore = received;
    if (this.#samples.length >= AT_MOST) this.#thinOut();
    this.#cancel = this.clock.after(this.#everyMs, () => this.#take());
  }

  /** Keeps every other sample, and adds to it what the dropped one had received. */
  #thinOut(): void {
    this.#everyMs *= 2;
    this.#samples = this.#samples.flatMap((sample, i, all) => {
      if (i % 2 === 1) return [];
      return [{ ...sample, received: sample.received + (all[i - 1]?.received ?? 0) }];
    });
  }
}
