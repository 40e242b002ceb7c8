import type {
  Http2ServerResponse,
  Http2Session,
  Http2Stream,
  ServerHttp2Session,
} from 'node:http2';
import type { Server, Socket } from 'node:net';

import { ageOf } from '../../connections/age-of.js';
import { forEachAlone } from '../../connections/for-each-alone.js';
import { isHttp1 } from '../../connections/is-http1.js';
import { Listeners } from '../../connections/listeners.js';
import type { HttpResponse, OpenResponses } from '../../connections/open-responses.js';
import { openStreams, resetStream, responseOf } from '../../connections/open-streams.js';
import { sharedListener } from '../../connections/shared-listener.js';
import type { Traffic, TrafficSource } from '../../connections/traffic.js';
import type { Routes } from '../../routes/routes.js';
import type { Clock } from '../../shutdown/clock.js';
import type { DrainTask } from '../../shutdown/drain-participant.js';
import type { Outcome } from '../../shutdown/outcome.js';
import { Session } from './session.js';

/** The error code of RFC 9113 section 7. */
const INTERNAL_ERROR = 2;

interface RequestInFlight {
  readonly session: Session;
  /** When its header had been read; undefined if its session was not followed then. */
  readonly since: number | undefined;
}

/**
 * The HTTP/2 servers of one application, their sessions, and the requests in flight on these. While
 * the application is healthy, only the open sessions are remembered, and Node is asked for their
 * streams when these are needed: nothing is listened to that comes with each request. From
 * `follow()` on, sessions and requests are followed.
 *
 * @internal
 */
export class Http2Traffic implements OpenResponses, TrafficSource {
  readonly responses: OpenResponses = this;
  readonly protocol = 'h2';
  readonly listeners: Listeners;
  /** All that are open. Kept small, because there is one for each client. */
  readonly #open = new Map<Socket, ServerHttp2Session>();
  /** Those that are followed. */
  readonly #sessions = new Map<Http2Session, Session>();
  /** The session of each stream: a stream that has ended has forgotten it. */
  readonly #requests = new Map<Http2ServerResponse, RequestInFlight>();
  readonly #released = new Set<Http2ServerResponse>();
  /** The connection that is becoming a session. */
  #socket: Socket | undefined;
  #followedSince: number | undefined;
  #completed = 0;
  #onQuiet = () => {};
  readonly #onClose = sharedListener((response: Http2ServerResponse) => this.#end(response));
  readonly #onSocketClose = sharedListener((socket: Socket) => this.#closed(socket));
  /** Called for each new session. */
  onSession: (session: Session) => void = () => {};

  constructor(
    private readonly routes: Pick<Routes, 'labelOf'>,
    private readonly traffic: Traffic,
    private readonly clock: Clock,
  ) {
    this.listeners = new Listeners(clock);
    traffic.add(this);
  }

  /** Requests whose response is not complete, and other streams. */
  get requestCount(): number {
    return this.#requests.size + this.#otherStreams().length;
  }

  get connectionCount(): number {
    return this.#open.size;
  }

  get droppedCount(): number {
    return this.listeners.dropped;
  }

  get busyCount(): number {
    const requestsOn = (h2: ServerHttp2Session) =>
      this.#sessions.get(h2)?.requests ?? openStreams(h2)?.length ?? 0;
    return [...this.#open.values()].filter((h2) => requestsOn(h2) > 0).length;
  }

  /** How many responses have been completed. */
  get completed(): number {
    return this.#completed;
  }

  /** The sessions that are followed. */
  get sessions(): Session[] {
    return [...this.#sessions.values()];
  }

  /** Whether there is nothing left to wait for. */
  get isEmpty(): boolean {
    return this.#requests.size === 0 && this.sessions.every(({ isReleased }) => isReleased);
  }

  watch(server: Server): void {
    const listeners = this.listeners;
    const connected = (socket: Socket) => (this.#socket = socket);
    listeners.add(server);
    listeners.on(server, 'connection', connected);
    listeners.on(server, 'secureConnection', connected);
    listeners.on(server, 'session', (h2: ServerHttp2Session) => this.#opened(h2));
    if (this.#followedSince === undefined) this.#lookAtFirstRequest(server);
    else this.#followRequests(server);
  }

  /** Follows each session and request from now on, and those that are there. */
  follow(): void {
    if (this.#followedSince !== undefined) return;
    this.#followedSince = this.clock.now();
    for (const [socket, h2] of this.#open) this.#find(h2, socket);
    for (const server of this.listeners.servers) this.#followRequests(server);
  }

  unwatch(server: Server): void {
    this.listeners.remove(server);
  }

  /** Resolves when the last request or the last session has gone. */
  quiet(): Promise<void> {
    return new Promise((resolve) => (this.#onQuiet = resolve));
  }

  tasks(): DrainTask[] {
    const now = this.clock.now();
    const requests = [...this.#requests].map(([response, { since }]) => ({
      label: this.routes.labelOf(response),
      ...ageOf(since, this.#followedSince ?? now, now),
    }));
    return [...requests, ...this.#otherStreams().map(() => ({ label: 'HTTP/2 push or tunnel' }))];
  }

  /**
   * Ends all sessions, and the requests in flight with an error. If the connection just closed,
   * Node's own client may report a response that looks complete (measured with TLS).
   */
  cutAll(): void {
    const others = this.#otherStreams();
    const responses = [...this.#requests.keys(), ...this.#released];
    try {
      forEachAlone(others, (stream) => resetStream(stream, INTERNAL_ERROR));
      forEachAlone(responses, ({ stream }) => stream.close(INTERNAL_ERROR));
    } finally {
      this.#cutSessions();
    }
  }

  #cutSessions(): void {
    forEachAlone(this.sessions, (session) => session.cut());
    // They count as gone at once; their streams would report it some turns later.
    for (const response of this.#requests.keys()) {
      response.off('close', this.#onClose);
      this.#end(response);
    }
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

  /** Removes every listener from the servers, and forgets everything. */
  dispose(): void {
    this.listeners.dispose();
    this.#onQuiet();
  }

  /** If Node does not show it, requests are followed from here on. */
  #lookAtFirstRequest(server: Server): void {
    const stop = this.listeners.on(server, 'request', (_request, response: HttpResponse) => {
      if (isHttp1(response)) return;
      stop();
      if (this.#followedSince !== undefined || isShown(response)) return;
      this.follow();
      this.#begin(response);
    });
  }

  #followRequests(server: Server): void {
    this.listeners.on(server, 'request', (_request, response: HttpResponse) => {
      if (!isHttp1(response)) this.#begin(response);
    });
  }

  #opened(h2: ServerHttp2Session): void {
    if (this.traffic.isFollowed) this.follow();
    const socket = this.#socket!;
    this.#socket = undefined;
    this.#open.set(socket, h2);
    // The `close` of the session comes after it, and never on Node 20 if the client has broken the
    // protocol.
    socket.on('close', this.#onSocketClose);
    if (this.#followedSince === undefined) return;
    const session = this.#add(h2, socket);
    this.onSession(session);
    this.traffic.connectionOpened(session);
  }

  /** A session that was not followed so far. Node shows the requests in flight on it. */
  #find(h2: ServerHttp2Session, socket: Socket): void {
    const session = this.#add(h2, socket);
    for (const stream of session.streams ?? []) {
      const response = responseOf(stream);
      if (response !== undefined) this.#count(response, session, undefined);
    }
  }

  #add(h2: ServerHttp2Session, socket: Socket): Session {
    const session = new Session(h2, socket, this.clock);
    this.#sessions.set(h2, session);
    return session;
  }

  /** Its requests will not be answered. */
  #closed(socket: Socket): void {
    // An observer may have come since it was opened.
    if (this.traffic.isFollowed) this.follow();
    const h2 = this.#open.get(socket);
    const session = h2 && this.#sessions.get(h2);
    this.#open.delete(socket);
    if (h2 === undefined || session === undefined) return;
    this.#sessions.delete(h2);
    if (session.requests > 0) this.#endAll(session);
    this.traffic.connectionClosed(session, session.closedBy);
    if (this.isEmpty) this.#onQuiet();
  }

  #endAll(session: Session): void {
    for (const [response, request] of this.#requests) {
      if (request.session !== session) continue;
      response.off('close', this.#onClose);
      this.#end(response);
    }
  }

  #begin(response: Http2ServerResponse): void {
    const session = response.stream.session && this.#sessions.get(response.stream.session);
    if (session === undefined || this.#requests.has(response)) return;
    this.#count(response, session, this.clock.now());
    this.traffic.requestBegan(response, session);
  }

  #count(response: Http2ServerResponse, session: Session, since: number | undefined): void {
    session.requests += 1;
    this.#requests.set(response, { session, since });
    response.on('close', this.#onClose);
  }

  #end(response: Http2ServerResponse): void {
    const end = this.#outcomeOf(response);
    if (end === 'completed') this.#completed += 1;
    const request = this.#requests.get(response);
    const since = request === undefined ? this.clock.now() : request.since;
    this.traffic.requestEnded(response, since, end);
    this.#forget(response);
  }

  /** Streams without a `request` event: pushes, tunnels, requests that `checkContinue` took. */
  #otherStreams(): Http2Stream[] {
    const responses = [...this.#requests.keys(), ...this.#released];
    const known = new Set<Http2Stream>(responses.map(({ stream }) => stream));
    const streams = [...this.#open.values()].flatMap((h2) => openStreams(h2) ?? []);
    return streams.filter((stream) => !known.has(stream));
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
    if (this.isEmpty) this.#onQuiet();
  }
}

/** Whether Node shows this request in flight through the fields read here. */
function isShown(response: Http2ServerResponse): boolean {
  const { stream } = response;
  const streams = stream.session && openStreams(stream.session);
  return streams?.includes(stream) === true && responseOf(stream) === response;
}
