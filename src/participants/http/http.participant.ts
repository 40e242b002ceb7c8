import { Server as HttpServer } from 'node:http';
import type { Server } from 'node:net';
import { Server as TlsServer } from 'node:tls';

import type { HttpServers } from '../../connections/http-servers.js';
import { receiveWaitingBytes } from '../../connections/receive-waiting-bytes.js';
import type { Traffic } from '../../connections/traffic.js';
import type { Routes } from '../../routes/routes.js';
import { count } from '../../shutdown/amounts.js';
import { AnnounceWindow } from '../../shutdown/announce-window.js';
import type { Clock } from '../../shutdown/clock.js';
import type { DrainParticipant, DrainTask } from '../../shutdown/drain-participant.js';
import type { ShutdownSequence } from '../../shutdown/shutdown-sequence.js';
import { within } from '../../shutdown/within.js';
import type { Connection } from './connection.js';
import { HttpTraffic } from './http-traffic.js';

/** How long a connection without a whole request may be silent. */
const SILENCE_MS = 200;
/** The same if nobody waits for the end; the rule of Go's `Server.Shutdown`. */
const LEISURELY_SILENCE_MS = 5000;
/** The margin after Node's own keep-alive timeout, which should come first. */
const KEEP_ALIVE_MARGIN_MS = 1000;
/** How long before the deadline idle connections are closed, so that none is left to be cut. */
const LAST_CALL_MS = 200;
/**
 * How long a header may take that comes byte by byte, so that no client can hold the exit with one.
 */
const SLOW_HEADER_MS = 1000;
/** How long a client that pipelines without a pause is still served. */
const PIPELINING_MS = 1000;
const SWEEP_AT_LEAST_EVERY_MS = 1000;
const SWEEP_AT_MOST_EVERY_MS = 10;
/** A look at all connections takes at most a twentieth of the time, however many there are. */
const PAUSE_PER_LOOK = 20;

/** What holds for all connections of one look. */
interface Moment {
  readonly now: number;
  readonly stoppedAt: number;
  readonly isAwaited: boolean;
  /** Whether a request is in flight. */
  readonly isBusy: boolean;
  readonly lingerMs: number;
  readonly silenceMs: number;
  readonly lastCallMs: number;
}

/** @internal */
export interface HttpOptions {
  readonly idleLingerMs: number;
  readonly random: () => number;
}

/**
 * HTTP/1.1 and HTTPS: every request is served, each connection ends with a response that announces
 * it, and idle connections are closed last.
 *
 * @internal
 */
export class HttpParticipant implements DrainParticipant {
  readonly name = 'http';
  readonly #traffic: HttpTraffic;
  #completedBefore = 0;
  #stoppedAt = 0;

  constructor(
    servers: HttpServers,
    routes: Routes,
    traffic: Traffic,
    private readonly sequence: ShutdownSequence,
    private readonly options: HttpOptions,
    private readonly clock: Clock,
  ) {
    this.#traffic = new HttpTraffic(routes, traffic, clock);
    servers.each(
      (server) => {
        if (mayServeHttp1(server)) this.#traffic.watch(server);
      },
      (server) => this.#traffic.unwatch(server),
    );
    sequence.observe({
      entered: (state) => {
        if (state === 'closing') this.#traffic.responses.destroyReleased();
      },
    });
  }

  takeStock(): void {
    this.#traffic.follow();
    this.#completedBefore = this.#traffic.responses.completed;
  }

  dispose(): void {
    this.#traffic.dispose();
  }

  announce(windowMs: number): void {
    const window = new AnnounceWindow(this.clock, this.options.random);
    window.open(windowMs);
    const { responses } = this.#traffic;
    const { connections } = responses;
    const moments = window.moments(connections.length);
    connections.forEach((connection, i) => (connection.leavesAt = moments[i]!));
    responses.onConnection = (connection) => (connection.leavesAt = window.moment());
    responses.sayCloseTo(({ leavesAt }) => this.clock.now() >= leavesAt);
  }

  async stopIntake(): Promise<void> {
    // The listener closes first: a client that is told to go while it is open would reconnect at
    // once, into the queue that is about to be dropped.
    await this.#traffic.listeners.stop(this.sequence);
    this.#traffic.responses.sayCloseTo(() => true);
    this.#stoppedAt = this.clock.now();
    const patienceMs = Math.min(PIPELINING_MS, this.sequence.drainRemainingMs() / 2);
    this.#traffic.serveNothingBehindTheLast(this.#stoppedAt + patienceMs);
  }

  active(): number {
    return this.#traffic.requestCount;
  }

  tasks(): readonly DrainTask[] {
    return this.#traffic.tasks();
  }

  /**
   * Idle connections stay until their keep-alive timeout: ended earlier, a client's next request
   * could be lost.
   */
  idleMs(): number {
    return this.#traffic.keepAliveMs + KEEP_ALIVE_MARGIN_MS;
  }

  waitsFor(): string {
    return count(this.#traffic.connectionCount, 'idle connection');
  }

  async drain(deadline: AbortSignal): Promise<void> {
    while (!this.#traffic.isEmpty) {
      const quiet = this.#traffic.quiet();
      if (deadline.aborted) {
        if (this.active() === 0) this.#traffic.destroyAll();
        await quiet;
      } else {
        const empty = this.#traffic.empty();
        const { againMs, pauseMs } = await this.#closeResting();
        // Any request may be the last one; the pause keeps each end from looking at all
        // connections.
        await within(this.clock, pauseMs, empty, deadline);
        if (!this.#traffic.isEmpty) await within(this.clock, againMs - pauseMs, quiet, deadline);
      }
    }
  }

  force(): void {
    this.#traffic.listeners.refuseConnections();
    this.#traffic.destroyAll();
  }

  summary(): string {
    const answered = this.#traffic.responses.completed - this.#completedBefore;
    const { droppedCount: dropped } = this.#traffic;
    const reset = dropped > 0 ? `, ${dropped} reset in the accept queue` : '';
    return `${count(answered, 'request')} answered${reset}`;
  }

  /** @returns when to look again, and how long to pause before that, whatever ends; in ms */
  async #closeResting(): Promise<{ againMs: number; pauseMs: number }> {
    const moment = this.#moment();
    const due: Connection[] = [];
    let againMs = SWEEP_AT_LEAST_EVERY_MS;
    // A connection whose request ends from now on rests for at least this long.
    let soonestMs = Math.min(againMs, moment.lingerMs);
    for (const connection of this.#traffic.resting()) {
      const restMs = restMsOf(connection, moment);
      // After its handshake, it is a new one.
      if (!connection.used) soonestMs = Math.min(soonestMs, moment.silenceMs);
      if (restMs <= 0 && !isHeld(connection, moment)) due.push(connection);
      else soonestMs = Math.min(soonestMs, restMs);
      if (restMs > 0) againMs = Math.min(againMs, restMs);
    }
    const lookMs = this.clock.now() - moment.now;
    const longMs = Math.min(lookMs * PAUSE_PER_LOOK, SWEEP_AT_LEAST_EVERY_MS);
    const pauseMs = Math.max(longMs, SWEEP_AT_MOST_EVERY_MS, soonestMs);
    if (due.length > 0) await this.#close(due);
    return { againMs: Math.max(againMs, pauseMs), pauseMs };
  }

  #moment(): Moment {
    const { sequence } = this;
    return {
      now: this.clock.now(),
      stoppedAt: this.#stoppedAt,
      isAwaited: sequence.isAwaited,
      isBusy: this.active() > 0,
      // Without a signal, clients and server belong to one test, and nobody is surprised.
      lingerMs: sequence.endsProcess ? this.options.idleLingerMs : 0,
      silenceMs: sequence.isAwaited ? SILENCE_MS : LEISURELY_SILENCE_MS,
      lastCallMs: sequence.drainRemainingMs() - LAST_CALL_MS,
    };
  }

  /**
   * Lets the event loop read what the kernel holds, then closes the connections that are still
   * resting.
   */
  async #close(connections: readonly Connection[]): Promise<void> {
    await receiveWaitingBytes(this.clock);
    const moment = this.#moment();
    for (const connection of connections) {
      if (!connection.isResting || isHeld(connection, moment)) continue;
      if (restMsOf(connection, moment) > 0) continue;
      this.#traffic.destroy(connection);
    }
  }
}

/** Idle connections are closed last: while a request runs, closing one gains nothing. */
function isHeld({ used }: Connection, { isAwaited, isBusy }: Moment): boolean {
  return used && isAwaited && isBusy;
}

/** How much longer a connection without a request is left open, unless it is held. */
function restMsOf(connection: Connection, moment: Moment): number {
  const { now, stoppedAt, isAwaited, lastCallMs } = moment;
  if (connection.used && !isAwaited) return lastCallMs;
  const patienceMs = connection.used ? moment.lingerMs : moment.silenceMs;
  // Its counter of bytes is read only if it may be due: there may be thousands.
  const atLeastMs = patienceMs - (now - connection.restsSince);
  if (atLeastMs > 0) return Math.min(atLeastMs, lastCallMs);
  const restedMs = now - Math.max(connection.restsSince, stoppedAt);
  const slowHeaderMs = patienceMs + SLOW_HEADER_MS - restedMs;
  return Math.min(patienceMs - connection.quietMs(now), slowHeaderMs, lastCallMs);
}

/** With TLS, the protocol is only known after the handshake (`allowHTTP1` of an HTTP/2 server). */
function mayServeHttp1(server: Server): boolean {
  return server instanceof HttpServer || server instanceof TlsServer;
}
