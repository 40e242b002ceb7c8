/** Failures in a row: the default `failureThreshold` of Kubernetes and of most balancers. */
const NOTICED_AFTER = 3;
/** A client that only claims to be a prober must ask this often before it is waited for. */
const BELIEVED_AFTER = 3;
/** The default `periodSeconds` of Kubernetes, used until the prober's own period is known. */
const USUAL_PERIOD_MS = 10_000;
/** A prober that has skipped this many of its periods has stopped. */
const PERIODS_KEPT = 3;
const KEPT_AT_MOST = 256;

interface Prober {
  readonly route: string;
  seenAt: number;
  /** The longest time between two of its requests. */
  periodMs: number | undefined;
  times: number;
  failures: number;
}

/** A prober and what it asked. @internal */
export interface Probe {
  readonly address: string;
  /** One prober may ask for readiness and for liveness. */
  readonly route: string;
  /**
   * Whether the route answers probes. If not, only the client claims to be a prober, as anybody
   * can.
   */
  readonly isKnown: boolean;
  readonly isFailing: boolean;
}

/**
 * The probers of this application, and how many failures each has seen. A client that only claims
 * to be a prober is waited for if it asks repeatedly, and only while it does.
 *
 * @internal
 */
export class Probers {
  readonly #known = new Map<string, Prober>();
  /** Kept apart, so that no made-up name displaces a real prober. */
  readonly #claimed = new Map<string, Prober>();

  /** Failures count from now on. */
  begin(): void {
    for (const prober of [...this.#known.values(), ...this.#claimed.values()]) prober.failures = 0;
  }

  answered({ address, route, isKnown, isFailing }: Probe, now: number): void {
    const probers = isKnown ? this.#known : this.#claimed;
    const name = `${address} ${route}`;
    const before = probers.get(name);
    const times = (before?.times ?? 0) + 1;
    const failures = isFailing ? (before?.failures ?? 0) + 1 : 0;
    // The one that asked last stands last.
    probers.delete(name);
    probers.set(name, { route, seenAt: now, periodMs: periodOf(before, now), times, failures });
    const [oldest] = probers.keys();
    if (probers.size > KEPT_AT_MOST) probers.delete(oldest!);
  }

  /**
   * Whether every readiness prober has seen enough failures; true if there is none. A route is
   * known as readiness by its first failure, so a prober that has not asked since is waited for.
   */
  haveNoticed(now: number): boolean {
    const believed = [...this.#claimed.values()].filter(({ times }) => times >= BELIEVED_AFTER);
    const all = [...this.#known.values(), ...believed].filter((one) => stillAsks(one, now));
    if (all.length === 0) return true;
    const readiness = new Set(all.filter(({ failures }) => failures > 0).map(({ route }) => route));
    const askers = all.filter(({ route }) => readiness.has(route));
    return askers.length > 0 && askers.every(({ failures }) => failures >= NOTICED_AFTER);
  }
}

function periodOf(before: Prober | undefined, now: number): number | undefined {
  return before && Math.max(before.periodMs ?? 0, now - before.seenAt);
}

function stillAsks({ seenAt, periodMs = USUAL_PERIOD_MS }: Prober, now: number): boolean {
  return now - seenAt <= Math.max(periodMs, USUAL_PERIOD_MS) * PERIODS_KEPT;
}
