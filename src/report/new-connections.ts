import type { Arrival } from '../connections/arrivals.js';
import type { ReportedNewConnections } from './shutdown-report.js';

/** The share of the grace period after which a connection is late (OpenShift's measure). */
const LATE_SHARE = 0.2;
const CLIENTS_KEPT = 10;

/**
 * The connections opened after the shutdown began, by a balancer that has not noticed yet.
 *
 * @internal
 */
export class NewConnections {
  readonly #lateClients = new Set<string>();
  readonly #lateFrom: number;
  #count = 0;
  #late = 0;
  #lastAt = -Infinity;

  /** @param withClients - whether the report may contain addresses */
  constructor(
    private readonly begin: number,
    gracePeriodMs: number,
    private readonly withClients: boolean,
  ) {
    // Without a grace period, nothing could have come in time.
    this.#lateFrom = gracePeriodMs > 0 ? begin + gracePeriodMs * (1 - LATE_SHARE) : Infinity;
  }

  /** From when on the address of a new connection is of use. */
  get addressesFrom(): number {
    return this.withClients ? this.#lateFrom : Infinity;
  }

  add({ address, openedAt }: Arrival): void {
    this.#count += 1;
    this.#lastAt = Math.max(this.#lastAt, openedAt);
    if (openedAt < this.#lateFrom) return;
    this.#late += 1;
    if (address !== undefined && this.#lateClients.size < CLIENTS_KEPT) {
      this.#lateClients.add(address);
    }
  }

  figures(): ReportedNewConnections {
    return {
      count: this.#count,
      ...(this.#count > 0 && { lastAtMs: this.#lastAt - this.begin }),
      late: this.#late,
      ...(this.withClients &&
        this.#lateClients.size > 0 && { lateClients: [...this.#lateClients] }),
    };
  }
}
