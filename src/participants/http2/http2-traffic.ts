import type {
  Http2ServerResponse,
  Http2Session,
  Http2Stream,
  ServerHttp2Session,
} from 'node:http2';
import type { Server, Socket } from 'node:net';

import { forEachAlone } from '../../connections/for-each-alone.js';
import { isHttp1 } from '../../connections/is-http1.js';
import { Listeners } from '../../connections/listeners.js';
import type { HttpResponse } from '../../connections/open-responses.js';
import { openStreams, resetStream, responseOf } from '../../connections/open-streams.js';
import { sharedListener } from '../../connections/shared-listener.js';
import type { Traffic, TrafficSource } from '../../connections/traffic.js';
import type { Routes } from '../../routes/routes.js';
import type { Clock } from '../../shutdown/clock.js';
import type { DrainTask } from '../../shutdown/drain-participant.js';
import { RequestsInFlight } from './requests-in-flight.js';
import { Session } from './session.js';

/** The error code of RFC 9113 section 7. */
const INTERNAL_ERROR = 2;

/**
 * The HTTP/2 servers of one application, their sessions, and the requests in flight on these. While
 * the application is healthy, only the open sessions are remembered, and Node is asked for their
 * streams when these are needed: nothing is listened to that comes with each request. From
 * `follow()` on, sessions and requests are followed.
 *
 * @internal
 */
export class Http2Traffic implements TrafficSource {
  readonly responses: RequestsInFlight;
  readonly protocol = 'h2';
  readonly listeners: Listeners;
  /** All that are open. Kept small, because there is one for each client. */
  readonly #open = new Map<Socket, ServerHttp2Session>();
  /** Those that are followed. */
  readonly #sessions = new Map<Http2Session, Session>();
  /** The connection that is becoming a session. */
  #socket: Socket | undefined;
  #followedSince: number | undefined;
  #onQuiet = () => {};
  readonly #onSocketClose = sharedListener((socket: Socket) => this.#closed(socket));
  /** Called for each new session. */
  onSession: (session: Session) => void = () => {};

  constructor(
    routes: Pick<Routes, 'labelOf'>,
    private readonly traffic: Traffic,
    private readonly clock: Clock,
  ) {
    this.listeners = new Listeners(clock);
    this.responses = new RequestsInFlight(routes, traffic, clock, () => this.#lookWhetherEmpty());
    traffic.add(this);
  }

  /** Requests whose response is not complete, and other streams. */
  get requestCount(): number {
    return this.responses.size + this.#otherStreams().length;
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
    return this.responses.completed;
  }

  /** The sessions that are followed. */
  get sessions(): Session[] {
    return [...this.#sessions.values()];
  }

  /** Whether there is nothing left to wait for. */
  get isEmpty(): boolean {
    return this.responses.size === 0 && this.sessions.every(({ isReleased }) => isReleased);
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
    const others = this.#otherStreams().map(() => ({ label: 'HTTP/2 push or tunnel' }));
    return [...this.responses.tasks(this.#followedSince), ...others];
  }

  /**
   * Ends all sessions, and the requests in flight with an error. If the connection just closed,
   * Node's own client may report a response that looks complete (measured with TLS).
   */
  cutAll(): void {
    const others = this.#otherStreams();
    const { responses } = this.responses;
    try {
      forEachAlone(others, (stream) => resetStream(stream, INTERNAL_ERROR));
      forEachAlone(responses, ({ stream }) => stream.close(INTERNAL_ERROR));
    } finally {
      this.#cutSessions();
    }
  }

  #cutSessions(): void {
    forEachAlone(this.sessions, (session) => session.cut());
    this.responses.endAll();
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
      if (response !== undefined) this.responses.find(response, session);
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
    if (session.requests > 0) this.responses.endAllOf(session);
    this.traffic.connectionClosed(session, session.closedBy);
    this.#lookWhetherEmpty();
  }

  #begin(response: Http2ServerResponse): void {
    const session = response.stream.session && this.#sessions.get(response.stream.session);
    if (session !== undefined) this.responses.begin(response, session);
  }

  /** Streams without a `request` event: pushes, tunnels, requests that `checkContinue` took. */
  #otherStreams(): Http2Stream[] {
    const known = this.responses.streams;
    const streams = [...this.#open.values()].flatMap((h2) => openStreams(h2) ?? []);
    return streams.filter((stream) => !known.has(stream));
  }

  #lookWhetherEmpty(): void {
    if (this.isEmpty) this.#onQuiet();
  }
}

/** Whether Node shows this request in flight through the fields read here. */
function isShown(response: Http2ServerResponse): boolean {
  const { stream } = response;
  const streams = stream.session && openStreams(stream.session);
  return streams?.includes(stream) === true && responseOf(stream) === response;
}
