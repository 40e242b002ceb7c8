import type { Routes } from '../routes/routes.js';
import type { Clock } from '../shutdown/clock.js';
import type { HttpResponse } from './open-responses.js';
import type { TrafficConnection, TrafficObserver } from './traffic.js';

/** A new connection that brings traffic. @internal */
export interface Arrival {
  readonly connection: TrafficConnection;
  /** The address, if asked for; a closed connection no longer has one. */
  readonly address: string | undefined;
  readonly openedAt: number;
  /** Whether it was closed before its purpose was known. */
  readonly isClosed: boolean;
}

interface Newcomer extends Arrival {
  isUsed: boolean;
  isClosed: boolean;
}

/** @internal */
export interface ArrivalsOptions {
  /** How many to skip: those that had been established before, and waited to be accepted. */
  readonly waiting?: number;
  /**
   * From when on addresses are read. Reading one adds a field to the socket, and V8 compiles all
   * code that handles sockets again for their new shape.
   */
  readonly addressesFrom?: number;
}

/**
 * Tells new connections with traffic from those of health probes. The purpose of a connection is
 * known with its first answer.
 *
 * @internal
 */
export class Arrivals implements TrafficObserver {
  readonly #newcomers = new Map<TrafficConnection, Newcomer>();
  readonly #byRequest = new Map<object, TrafficConnection>();
  #waiting: number;
  readonly #addressesFrom: number;

  /** @param onArrival - called for each connection that is no probe's, once that is known */
  constructor(
    private readonly routes: Pick<Routes, 'isProbe'>,
    private readonly clock: Clock,
    private readonly onArrival: (arrival: Arrival) => void,
    { waiting = 0, addressesFrom = Infinity }: ArrivalsOptions = {},
  ) {
    this.#waiting = waiting;
    this.#addressesFrom = addressesFrom;
  }

  /** The connections whose purpose is not known yet. */
  get undecided(): readonly (Arrival & { readonly isUsed: boolean })[] {
    return [...this.#newcomers.values()];
  }

  /** Counts all with an unanswered request as traffic. */
  takeUsed(): void {
    for (const { connection, isUsed } of this.undecided) if (isUsed) this.#judge(connection, false);
  }

  connectionOpened(connection: TrafficConnection): void {
    // A websocket was a connection of HTTP before.
    if (connection.protocol === 'websocket') return;
    if (this.#waiting > 0) {
      this.#waiting -= 1;
      return;
    }
    const openedAt = this.clock.now();
    this.#newcomers.set(connection, {
      connection,
      address: openedAt < this.#addressesFrom ? undefined : connection.remoteAddress,
      openedAt,
      isUsed: false,
      isClosed: false,
    });
  }

  connectionUpgraded(connection: TrafficConnection): void {
    this.#judge(connection, false);
  }

  /** A connection without a request is a probe of the port. */
  connectionClosed(connection: TrafficConnection): void {
    const newcomer = this.#newcomers.get(connection);
    if (newcomer?.isUsed === false) this.#newcomers.delete(connection);
    else if (newcomer !== undefined) newcomer.isClosed = true;
  }

  requestBegan(response: HttpResponse, connection: TrafficConnection): void {
    const newcomer = this.#newcomers.get(connection);
    if (newcomer === undefined) return;
    newcomer.isUsed = true;
    this.#byRequest.set(response, connection);
  }

  requestEnded(response: HttpResponse): void {
    const connection = this.#byRequest.get(response);
    if (connection === undefined) return;
    this.#byRequest.delete(response);
    this.#judge(connection, this.routes.isProbe(response));
  }

  #judge(connection: TrafficConnection, isProbe: boolean): void {
    const newcomer = this.#newcomers.get(connection);
    if (newcomer === undefined) return;
    this.#newcomers.delete(connection);
    if (!isProbe) this.onArrival(newcomer);
  }
}
