import { type Arrival, Arrivals } from '../connections/arrivals.js';
import type { HttpResponse } from '../connections/open-responses.js';
import type { Traffic, TrafficConnection, TrafficObserver } from '../connections/traffic.js';
import type { Routes } from '../routes/routes.js';
import type { Clock } from '../shutdown/clock.js';
import type { Outcome } from '../shutdown/outcome.js';
import type { GraceEvidence } from './adaptive-grace-period.js';
import { Peer } from './peer.js';
import { Probers } from './probers.js';
import { Sightings } from './sightings.js';

/** The accepted chance of a wrong verdict that traffic has stopped. */
const EPS = 1e-6;

interface InFlight {
  readonly address: string;
  readonly since: number;
}

/**
 * What is known of the balancer since the start: who connects, and what its probes were answered.
 *
 * Each address is judged by its own rate. An average over all of them would trust the silence of a
 * slow node that still sends once the fast ones have stopped.
 *
 * @internal
 */
export class BalancerEvidence implements TrafficObserver, GraceEvidence {
  readonly #arrivals: Arrivals;
  readonly #peers = new Sightings<Peer>();
  readonly #probers = new Probers();
  /** Connections of peers; a websocket counts, too. */
  readonly #open = new Map<TrafficConnection, Peer>();
  readonly #inFlight = new Map<HttpResponse, InFlight>();
  readonly #since: number;
  #begin: number | undefined;
  #lastArrivalAt = -Infinity;
  #lastRequestAt = -Infinity;

  constructor(
    private readonly traffic: Traffic,
    private readonly routes: Pick<Routes, 'isProbe' | 'isProbeRoute' | 'labelOf'>,
    private readonly clock: Clock,
    private readonly eps = EPS,
  ) {
    this.#since = clock.now();
    const arrived = (arrival: Arrival) => this.#arrived(arrival);
    this.#arrivals = new Arrivals(routes, clock, arrived, { addressesFrom: 0 });
    traffic.observe(this.#arrivals);
    traffic.observe(this);
  }

  followsHealthy(): boolean {
    return true;
  }

  begin(): void {
    const now = this.clock.now();
    this.#begin = now;
    this.#probers.begin();
  }

  isOver(): boolean {
    // An undecided connection may be traffic.
    if (!this.traffic.isComplete || this.#arrivals.undecided.length > 0) return false;
    if (!this.#probers.haveNoticed(this.clock.now())) return false;
    const lastRequestAt = this.#lastRequestBegan();
    // Nothing but probes was ever received.
    if (Math.max(this.#lastArrivalAt, lastRequestAt) === -Infinity) return true;
    return this.#areSilent(lastRequestAt);
  }

  lastArrivalAt(): number {
    const undecided = this.#arrivals.undecided.filter(({ isUsed }) => isUsed);
    return Math.max(this.#lastArrivalAt, ...undecided.map(({ openedAt }) => openedAt));
  }

  connectionOpened(connection: TrafficConnection): void {
    if (connection.protocol !== 'websocket') return;
    const address = nameOf(connection.remoteAddress);
    this.#opened(connection, this.#peerOf(address));
  }

  connectionUpgraded(connection: TrafficConnection): void {
    this.connectionClosed(connection);
  }

  connectionClosed(connection: TrafficConnection): void {
    this.#open.get(connection)?.closed(this.clock.now());
    this.#open.delete(connection);
  }

  requestBegan(response: HttpResponse, connection: TrafficConnection): void {
    // Its socket may have forgotten the address once the answer has been sent.
    const address = nameOf(connection.remoteAddress);
    this.#inFlight.set(response, { address, since: this.clock.now() });
  }

  requestEnded(response: HttpResponse, since: number | undefined, outcome: Outcome): void {
    if (this.routes.isProbe(response)) {
      const { address = '' } = this.#inFlight.get(response) ?? {};
      const isFailing = outcome === 'completed' && response.statusCode >= 500;
      const isKnown = this.routes.isProbeRoute(response);
      const route = this.routes.labelOf(response);
      this.#probers.answered({ address, route, isKnown, isFailing }, this.clock.now());
    } else if (since !== undefined) {
      this.#lastRequestAt = Math.max(this.#lastRequestAt, since);
    }
    this.#inFlight.delete(response);
  }

  /** When the last request began that is not known to be a probe. */
  #lastRequestBegan(): number {
    let last = this.#lastRequestAt;
    for (const [response, { since }] of this.#inFlight) {
      if (since > last && !this.routes.isProbe(response)) last = since;
    }
    return last;
  }

  /** Requests on kept connections break the silence, too. */
  #areSilent(lastRequestAt: number): boolean {
    const now = this.clock.now();
    const begin = this.#begin ?? now;
    const peers = this.#peers.recent(begin);
    if (peers.length === 0) return false;
    const windowMs = begin - this.#since;
    return peers.every((peer) => now >= peer.silentAt(begin, windowMs, lastRequestAt, this.eps));
  }

  #arrived({ connection, address, openedAt, isClosed }: Arrival): void {
    this.#lastArrivalAt = Math.max(this.#lastArrivalAt, openedAt);
    const peer = this.#peerOf(nameOf(address));
    peer.arrived(openedAt, this.#begin !== undefined);
    if (!isClosed) this.#opened(connection, peer);
  }

  #opened(connection: TrafficConnection, peer: Peer): void {
    peer.opened();
    this.#open.set(connection, peer);
  }

  #peerOf(address: string): Peer {
    return this.#peers.see(address, this.clock.now(), () => new Peer());
  }
}

/** A Unix socket has no address. */
function nameOf(address: string | undefined): string {
  return address ?? '';
}
