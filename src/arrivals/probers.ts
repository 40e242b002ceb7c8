import { type Seen, Sightings } from './sightings.js';

/** In a row: Kubernetes' `failureThreshold`, and that of most balancers, by default. */
const NOTICED_AFTER = 3;

interface Prober extends Seen {
  readonly route: string;
  seenAt: number;
  failures: number;
}

/**
 * Those who ask how the application is, and how often they were told that it leaves.
 *
 * @internal
 */
export class Probers {
  readonly #probers = new Sightings<Prober>();

  /** Failures count from now on. */
  begin(now: number): void {
    for (const prober of this.#probers.recent(now)) prober.failures = 0;
  }

  /** @param route - what was asked: one prober may ask for readiness and for liveness */
  answered(address: string, route: string, isFailing: boolean, now: number): void {
    const name = `${address} ${route}`;
    const prober = this.#probers.see(name, now, () => ({ route, seenAt: now, failures: 0 }));
    if (prober === undefined) return;
    prober.seenAt = now;
    prober.failures = isFailing ? prober.failures + 1 : 0;
  }

  /**
   * Whether all who ask for readiness have been told often enough; also where nobody asks. A route
   * is known as readiness by its first failure, so one that has not been asked since is waited for.
   */
  haveNoticed(now: number): boolean {
    if (this.#probers.isIncomplete) return false;
    const all = this.#probers.recent(now);
    if (all.length === 0) return true;
    const readiness = new Set(all.filter(({ failures }) => failures > 0).map(({ route }) => route));
    const askers = all.filter(({ route }) => readiness.has(route));
    return askers.length > 0 && askers.every(({ failures }) => failures >= NOTICED_AFTER);
  }
}
