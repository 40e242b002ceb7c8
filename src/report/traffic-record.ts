import { type Arrival, Arrivals } from '../connections/arrivals.js';
import type { HttpResponse } from '../connections/open-responses.js';
import type {
  ClosedBy,
  Traffic,
  TrafficConnection,
  TrafficObserver,
} from '../connections/traffic.js';
import type { Routes } from '../routes/routes.js';
import type { Clock } from '../shutdown/clock.js';
import type { Outcome } from '../shutdown/outcome.js';
import { NewConnections } from './new-connections.js';
import type {
  ReportedConnections,
  ReportedNewConnections,
  ReportedProbes,
  ReportedRequest,
  ReportedRequests,
} from './shutdown-report.js';
import { Slowest } from './slowest.js';

const SLOWEST_KEPT = 20;

/**
 * The connections and requests since the shutdown began.
 *
 * @internal
 */
export class TrafficRecord implements TrafficObserver {
  readonly #newConnections: NewConnections;
  readonly #arrivals: Arrivals;
  readonly #requestsAtStart: number;
  readonly #connectionsAtStart: number;
  readonly #closedBy: Record<ClosedBy, number> = {
    announced: 0,
    idle: 0,
    peer: 0,
    cut: 0,
  };
  readonly #outcomes: Record<Outcome, number> = { completed: 0, aborted: 0, cut: 0, failed: 0 };
  readonly #slowest = new Slowest<ReportedRequest>(SLOWEST_KEPT);
  readonly #probes = { answered: 0, failing: 0, lastAt: -Infinity };
  readonly #stops: readonly (() => void)[];
  #received = 0;
  #graceEndReceived: number | undefined;

  /**
   * @param begin - when the shutdown began, by the clock
   * @param gracePeriodMs - the planned grace period
   * @param withClients - whether the report may contain addresses
   */
  constructor(
    private readonly traffic: Traffic,
    private readonly routes: Pick<Routes, 'labelOf' | 'isProbe'>,
    private readonly clock: Clock,
    private readonly begin: number,
    private readonly gracePeriodMs: number,
    withClients: boolean,
  ) {
    this.#newConnections = new NewConnections(begin, gracePeriodMs, withClients);
    const { addressesFrom } = this.#newConnections;
    const arrived = (arrival: Arrival) => this.#newConnections.add(arrival);
    const waiting = traffic.waitingCount;
    this.#arrivals = new Arrivals(routes, clock, arrived, { waiting, addressesFrom });
    this.#requestsAtStart = traffic.requestCount;
    this.#connectionsAtStart = traffic.connectionCount;
    this.#stops = [traffic.observe(this.#arrivals), traffic.observe(this)];
  }

  /** The number of requests received. */
  get received(): number {
    return this.#received;
  }

  get connectionCount(): number {
    return this.traffic.connectionCount;
  }

  /** Marks the grace period as over: later requests are late. */
  graceHasEnded(): void {
    // Without a grace period, nothing could have come in time.
    if (this.gracePeriodMs > 0) this.#graceEndReceived ??= this.#received;
  }

  stop(): void {
    for (const stop of this.#stops) stop();
  }

  connectionClosed(_connection: TrafficConnection, closedBy: ClosedBy): void {
    this.#closedBy[closedBy] += 1;
  }

  requestBegan(): void {
    this.#received += 1;
  }

  requestEnded(response: HttpResponse, since: number | undefined, outcome: Outcome): void {
    this.#outcomes[outcome] += 1;
    if (this.routes.isProbe(response)) this.#probeAnswered(response.statusCode);
    const begin = since ?? this.begin;
    const ms = this.clock.now() - begin;
    this.#slowest.add(ms, () => ({
      label: this.routes.labelOf(response),
      atMs: begin - this.begin,
      ms,
      outcome,
      ...(since === undefined && { isOlder: true }),
    }));
  }

  requests(): ReportedRequests {
    const { completed, aborted, cut } = this.#outcomes;
    return {
      atStart: this.#requestsAtStart,
      received: this.#received,
      late: this.#graceEndReceived === undefined ? 0 : this.#received - this.#graceEndReceived,
      completed,
      aborted,
      cut,
      slowest: this.#slowest.all(),
    };
  }

  connections(): ReportedConnections {
    return {
      atStart: this.#connectionsAtStart,
      closedBy: { ...this.#closedBy },
      left: this.traffic.connectionCount,
      ...(this.traffic.droppedCount > 0 && { dropped: this.traffic.droppedCount }),
    };
  }

  newConnections(): ReportedNewConnections {
    this.#arrivals.takeUsed();
    return this.#newConnections.figures();
  }

  probes(): ReportedProbes {
    const { answered, failing, lastAt } = this.#probes;
    return { answered, failing, ...(answered > 0 && { lastAtMs: lastAt - this.begin }) };
  }

  #probeAnswered(status: number): void {
    this.#probes.answered += 1;
    if (status >= 500) this.#probes.failing += 1;
    this.#probes.lastAt = this.clock.now();
  }
}
