import type { Outcome } from '../shutdown/outcome.js';
import type { HttpResponse, OpenResponses } from './open-responses.js';

/** The protocol of a connection. @publicApi */
export type Protocol = 'http/1.1' | 'h2' | 'websocket';

/**
 * How a connection was closed, and by whom.
 *
 * - `announced`: its peer was told first, by a response with `Connection: close`, a GOAWAY or a
 * close frame.
 * - `idle`: it was idle, and closed without an announcement.
 * - `peer`: its peer closed it.
 * - `cut`: it was destroyed at the deadline.
 *
 * @publicApi
 */
export type ClosedBy = 'announced' | 'idle' | 'peer' | 'cut';

/** A connection as others see it. @internal */
export interface TrafficConnection {
  readonly protocol: Protocol;
  readonly remoteAddress: string | undefined;
}

/**
 * Watches connections and requests. It gets objects that exist anyway, so that it costs nothing
 * while nobody watches.
 *
 * @internal
 */
export interface TrafficObserver {
  connectionOpened?(connection: TrafficConnection): void;
  connectionClosed?(connection: TrafficConnection, closedBy: ClosedBy): void;
  /** It is no longer HTTP. Its new protocol opens it anew. */
  connectionUpgraded?(connection: TrafficConnection): void;
  /** A request's header has been read; its handler is not known yet. */
  requestBegan?(response: HttpResponse, connection: TrafficConnection): void;
  /**
   * @param since - when it began, by the shutdown's clock; undefined if requests were not followed
   * then
   */
  requestEnded?(response: HttpResponse, since: number | undefined, outcome: Outcome): void;
  /**
   * Whether to follow each connection and request of a healthy application, which has a cost. Asked
   * for each new connection.
   */
  followsHealthy?(): boolean;
}

/** Connections of one protocol. @internal */
export interface TrafficSource {
  readonly protocol: Protocol;
  /** How many are open. */
  readonly connectionCount: number;
  /** How many of them have a request in flight; counted when asked for. */
  readonly busyCount: number;
  /** How many requests are in flight. */
  readonly requestCount: number;
  /** The responses to them. */
  readonly responses?: OpenResponses;
  /** How many connections wait to be accepted, if the system says so. */
  readonly waitingCount?: number;
  /** How many of those were reset when their listener closed, if the system says so. */
  readonly droppedCount?: number;
}

/**
 * The connections and requests of the application, over all protocols.
 *
 * @internal
 */
export class Traffic {
  readonly #sources: TrafficSource[] = [];
  #isComplete = true;
  /** Replaced, not mutated: it may be iterated over at the moment. */
  #observers: readonly TrafficObserver[] = [];

  /** Whether all connections are seen. */
  get isComplete(): boolean {
    return this.#isComplete;
  }

  get sources(): readonly TrafficSource[] {
    return this.#sources;
  }

  /** The responses that are not complete, by their servers. */
  get responses(): OpenResponses[] {
    return this.#sources.flatMap(({ responses }) => responses ?? []);
  }

  /** Whether an observer follows each request of the healthy application. */
  get isFollowed(): boolean {
    return this.#observers.some((observer) => observer.followsHealthy?.() === true);
  }

  /** How many connections are open. */
  get connectionCount(): number {
    return this.#sources.reduce((sum, source) => sum + source.connectionCount, 0);
  }

  /** How many requests are in flight. */
  get requestCount(): number {
    return this.#sources.reduce((sum, source) => sum + source.requestCount, 0);
  }

  /** How many connections wait to be accepted, if the system says so. */
  get waitingCount(): number {
    return this.#sources.reduce((sum, { waitingCount = 0 }) => sum + waitingCount, 0);
  }

  /** How many of those were reset when their listener closed, if the system says so. */
  get droppedCount(): number {
    return this.#sources.reduce((sum, { droppedCount = 0 }) => sum + droppedCount, 0);
  }

  add(source: TrafficSource): void {
    this.#sources.push(source);
  }

  /** Records that some connections are not seen, such as those of a microservice. */
  addUnseen(): void {
    this.#isComplete = false;
  }

  observe(observer: TrafficObserver): () => void {
    this.#observers = [...this.#observers, observer];
    return () => {
      this.#observers = this.#observers.filter((other) => other !== observer);
    };
  }

  connectionOpened(connection: TrafficConnection): void {
    for (const observer of this.#observers) observer.connectionOpened?.(connection);
  }

  connectionClosed(connection: TrafficConnection, closedBy: ClosedBy): void {
    for (const observer of this.#observers) observer.connectionClosed?.(connection, closedBy);
  }

  connectionUpgraded(connection: TrafficConnection): void {
    for (const observer of this.#observers) observer.connectionUpgraded?.(connection);
  }

  requestBegan(response: HttpResponse, connection: TrafficConnection): void {
    for (const observer of this.#observers) observer.requestBegan?.(response, connection);
  }

  requestEnded(response: HttpResponse, since: number | undefined, outcome: Outcome): void {
    for (const observer of this.#observers) observer.requestEnded?.(response, since, outcome);
  }
}
