import { Server as HttpServer } from 'node:http';
import { Server as HttpsServer } from 'node:https';
import type { Server } from 'node:net';

import type { HttpServers } from '../../connections/http-servers.js';
import type { Traffic } from '../../connections/traffic.js';
import type { Routes } from '../../routes/routes.js';
import { count } from '../../shutdown/amounts.js';
import type { Clock } from '../../shutdown/clock.js';
import { Departures } from '../../shutdown/departures.js';
import type { DrainParticipant, DrainTask } from '../../shutdown/drain-participant.js';
import type { ShutdownSequence } from '../../shutdown/shutdown-sequence.js';
import { within } from '../../shutdown/within.js';
import { Http2Traffic } from './http2-traffic.js';
import type { Session } from './session.js';

/** How long requests on the wire may take to arrive after the GOAWAY. */
const LINGER_MS = 250;
const SWEEP_EVERY_MS = 100;

/**
 * HTTP/2, with TLS or without: each session is told to go, and ends with its last request. Does not
 * handle the HTTP/1.1 connections of a server that speaks both.
 *
 * @internal
 */
export class Http2Participant implements DrainParticipant {
  readonly name = 'http2';
  readonly #traffic: Http2Traffic;
  readonly #departures: Departures<Session>;
  #completedBefore = 0;

  constructor(
    servers: HttpServers,
    routes: Routes,
    traffic: Traffic,
    private readonly sequence: ShutdownSequence,
    { random }: { readonly random: () => number },
    private readonly clock: Clock,
  ) {
    this.#traffic = new Http2Traffic(routes, traffic, clock);
    this.#departures = new Departures(clock, random, (session) => session.leave(this.#lingerMs()));
    servers.each(
      (server) => {
        if (isHttp2(server)) this.#traffic.watch(server);
      },
      (server) => this.#traffic.unwatch(server),
    );
    sequence.observe({
      entered: (state) => {
        // Only sessions with released requests are left.
        if (state === 'closing') this.#traffic.cutAll();
      },
    });
  }

  takeStock(): void {
    this.#traffic.follow();
    this.#completedBefore = this.#traffic.completed;
  }

  dispose(): void {
    this.#traffic.dispose();
  }

  announce(windowMs: number): void {
    this.#departures.announce(this.#traffic.sessions, windowMs);
    this.#traffic.onSession = (session) => this.#departures.add(session);
  }

  async stopIntake(): Promise<void> {
    await this.#traffic.listeners.stop(this.sequence);
    this.#departures.cancel();
    this.#traffic.onSession = (session) => session.leave(this.#lingerMs());
    for (const session of this.#traffic.sessions) session.leave(this.#lingerMs());
  }

  active(): number {
    return this.#traffic.requestCount;
  }

  tasks(): readonly DrainTask[] {
    return this.#traffic.tasks();
  }

  waitsFor(): string {
    const { connectionCount } = this.#traffic;
    return count(connectionCount, 'HTTP/2 session');
  }

  async drain(deadline: AbortSignal): Promise<void> {
    while (!this.#traffic.isEmpty) {
      const quiet = this.#traffic.quiet();
      if (deadline.aborted && this.active() === 0) this.#traffic.cutAll();
      for (const session of this.#traffic.sessions) session.closeIfOver();
      await within(this.clock, SWEEP_EVERY_MS, quiet);
    }
  }

  force(): void {
    this.#traffic.listeners.refuseConnections();
    this.#traffic.cutAll();
  }

  summary(): string | undefined {
    const answered = this.#traffic.completed - this.#completedBefore;
    const { droppedCount: dropped } = this.#traffic;
    if (answered + dropped === 0) return undefined;
    const reset = dropped > 0 ? `, ${dropped} reset in the accept queue` : '';
    return `${count(answered, 'HTTP/2 request')} answered${reset}`;
  }

  /** Without a signal, clients and server belong to one test, and nobody is surprised. */
  #lingerMs(): number {
    return this.sequence.endsProcess ? LINGER_MS : 0;
  }
}

/** Identified by exclusion: `instanceof` would load `node:http2` into every application. */
function isHttp2(server: Server): boolean {
  return !(server instanceof HttpServer || server instanceof HttpsServer);
}
