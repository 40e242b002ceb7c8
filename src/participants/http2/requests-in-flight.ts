import type { Http2ServerResponse, Http2Stream } from 'node:http2';

import { ageOf } from '../../connections/age-of.js';
import type { HttpResponse, OpenResponses } from '../../connections/open-responses.js';
import { sharedListener } from '../../connections/shared-listener.js';
import type { Traffic } from '../../connections/traffic.js';
import type { Routes } from '../../routes/routes.js';
import type { Clock } from '../../shutdown/clock.js';
import type { DrainTask } from '../../shutdown/drain-participant.js';
import type { Outcome } from '../../shutdown/outcome.js';
import type { Session } from './session.js';

interface RequestInFlight {
  readonly session: Session;
  /** When its header had been read; undefined if its session was not followed then. */
  readonly since: number | undefined;
}

/**
 * The HTTP/2 requests that are followed, each from its header to the `close` of its response.
 *
 * @internal
 */
export class RequestsInFlight implements OpenResponses {
  /** The session of each: a stream that has ended has forgotten it. */
  readonly #requests = new Map<Http2ServerResponse, RequestInFlight>();
  readonly #released = new Set<Http2ServerResponse>();
  #completed = 0;
  readonly #onClose = sharedListener((response: Http2ServerResponse) => this.#end(response));

  /** @param onGone - called when one has ended, or has been released */
  constructor(
    private readonly routes: Pick<Routes, 'labelOf'>,
    private readonly traffic: Traffic,
    private readonly clock: Clock,
    private readonly onGone: () => void,
  ) {}

  get size(): number {
    return this.#requests.size;
  }

  /** How many responses have been completed. */
  get completed(): number {
    return this.#completed;
  }

  /** The responses to all of them, and those that were released. */
  get responses(): Http2ServerResponse[] {
    return [...this.#requests.keys(), ...this.#released];
  }

  get streams(): Set<Http2Stream> {
    return new Set<Http2Stream>(this.responses.map(({ stream }) => stream));
  }

  tasks(followedSince: number | undefined): DrainTask[] {
    const now = this.clock.now();
    return [...this.#requests].map(([response, { since }]) => ({
      label: this.routes.labelOf(response),
      ...ageOf(since, followedSince ?? now, now),
    }));
  }

  /** One that was not followed so far. */
  find(response: Http2ServerResponse, session: Session): void {
    this.#add(response, session, undefined);
  }

  begin(response: Http2ServerResponse, session: Session): void {
    if (this.#requests.has(response)) return;
    this.#add(response, session, this.clock.now());
    this.traffic.requestBegan(response, session);
  }

  openResponses(): HttpResponse[] {
    return [...this.#requests.keys()];
  }

  /** An announced session takes no new requests. */
  endConnectionAfter(): void {}

  release(response: Http2ServerResponse): void {
    const request = this.#requests.get(response);
    if (request === undefined) return;
    response.off('close', this.#onClose);
    request.session.hasReleased = true;
    this.#released.add(response);
    response.once('close', () => this.#released.delete(response));
    this.#forget(response);
  }

  /** None of them will be answered. They count as gone at once. */
  endAll(): void {
    for (const response of this.#requests.keys()) this.#endNow(response);
  }

  /** None of those on this session will be answered. */
  endAllOf(session: Session): void {
    for (const [response, request] of this.#requests) {
      if (request.session === session) this.#endNow(response);
    }
  }

  #add(response: Http2ServerResponse, session: Session, since: number | undefined): void {
    session.requests += 1;
    this.#requests.set(response, { session, since });
    response.on('close', this.#onClose);
  }

  /** Its stream would report it some turns later. */
  #endNow(response: Http2ServerResponse): void {
    response.off('close', this.#onClose);
    this.#end(response);
  }

  #end(response: Http2ServerResponse): void {
    const outcome = this.#outcomeOf(response);
    if (outcome === 'completed') this.#completed += 1;
    const request = this.#requests.get(response);
    const since = request === undefined ? this.clock.now() : request.since;
    this.traffic.requestEnded(response, since, outcome);
    this.#forget(response);
  }

  #outcomeOf(response: Http2ServerResponse): Outcome {
    if (response.writableEnded && response.stream.rstCode === 0) return 'completed';
    return this.#requests.get(response)?.session.closedBy === 'cut' ? 'cut' : 'aborted';
  }

  #forget(response: Http2ServerResponse): void {
    const request = this.#requests.get(response);
    if (request === undefined) return;
    this.#requests.delete(response);
    request.session.requests -= 1;
    this.onGone();
  }
}
