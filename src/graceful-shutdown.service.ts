import { type BeforeApplicationShutdown, Injectable } from '@nestjs/common';
import type { Server as HttpServer } from 'node:http';
import type { Http2SecureServer, Http2Server } from 'node:http2';
import type { Server as HttpsServer } from 'node:https';
import { Observable } from 'rxjs';

import { notHttp } from './graceful-shutdown.errors.js';
import { type HttpServers, isHttp } from './connections/http-servers.js';
import type { ReportPublisher } from './report/report-publisher.js';
import type { ShutdownReport } from './report/shutdown-report.js';
import { isCalledFromWork } from './shutdown/called-from.js';
import type { DrainParticipant } from './shutdown/drain-participant.js';
import type { ProcessShutdown } from './shutdown/process-shutdown.js';
import { isRehearsedPlain } from './shutdown/rehearsal.js';
import type { ShutdownSequence } from './shutdown/shutdown-sequence.js';
import type { ShutdownState } from './shutdown/shutdown-state.js';
import type { WorkTracker } from './handlers/work-tracker.js';

/**
 * The shutdown of this application, to read and to hold: how far it is, how much time is left, and
 * what it has to wait for.
 *
 * @example
 * ```ts
 * @Injectable()
 * export class Mailer {
 *   constructor(private readonly shutdown: GracefulShutdownService) {}
 *
 *   send(body: string): Promise<void> {
 *     return this.shutdown.track(async (deadline) => {
 *       await fetch('https://mail.example', { method: 'POST', body, signal: deadline });
 *     }, 'mail');
 *   }
 * }
 * ```
 *
 * @publicApi
 */
@Injectable()
export class GracefulShutdownService implements BeforeApplicationShutdown {
  readonly #sequence: ShutdownSequence;
  readonly #tracker: WorkTracker;
  readonly #process: ProcessShutdown;
  readonly #reports: ReportPublisher;
  readonly #servers: HttpServers;
  readonly #handlerClasses: () => Iterable<string>;

  /** @internal */
  constructor(
    sequence: ShutdownSequence,
    tracker: WorkTracker,
    process: ProcessShutdown,
    reports: ReportPublisher,
    servers: HttpServers,
    handlerClasses: () => Iterable<string>,
  ) {
    this.#sequence = sequence;
    this.#tracker = tracker;
    this.#process = process;
    this.#reports = reports;
    this.#servers = servers;
    this.#handlerClasses = handlerClasses;
  }

  /** Where the shutdown stands. */
  get state(): ShutdownState {
    return this.#sequence.state;
  }

  /** The current state and every later one; completes after `closed`. */
  readonly state$ = new Observable<ShutdownState>((subscriber) => {
    const entered = (state: ShutdownState) => {
      subscriber.next(state);
      if (state === 'closed') subscriber.complete();
    };
    entered(this.state);
    return this.#sequence.observe({ entered });
  });

  /**
   * Whether balancers may send requests here. In a graceful restart to the end: they come over the
   * same address, and what they see must not be red while another worker serves.
   *
   * @internal
   */
  get isReady(): boolean {
    return this.state === 'running' || !this.#sequence.isAwaited;
  }

  /** How many requests, messages and other tasks are in flight. */
  get inFlight(): number {
    return this.#sequence.inFlight;
  }

  /**
   * Aborted when the shutdown begins: take no new work from queues and schedules. Also the moment for
   * a last event of your own: event streams are ended 100 ms later at the earliest, and where no
   * signal began the shutdown in a later turn of the event loop.
   */
  get intakeSignal(): AbortSignal {
    return this.#sequence.intakeSignal;
  }

  /** Aborted when the time for draining is up: stop what you are doing, you are about to be cut. */
  get deadlineSignal(): AbortSignal {
    return this.#sequence.deadlineSignal;
  }

  /** How many ms are left until the application is closed; `Infinity` while running. */
  remainingMs(): number {
    return this.#sequence.remainingMs();
  }

  /** What happened during the shutdown; undefined until it is over. */
  get report(): ShutdownReport | undefined {
    return this.#reports.report;
  }

  /**
   * Holds the drain until the work has settled.
   *
   * @param work - a promise, or a function that is given the deadline signal
   * @param label - its name in the log
   * @returns what the work returns; its error is yours to handle
   */
  track<T>(
    work: Promise<T> | ((deadline: AbortSignal) => Promise<T>),
    label = 'tracked work',
  ): Promise<T> {
    return this.#tracker.track(work, label);
  }

  /**
   * Adds a kind of work of your own to those that are drained.
   *
   * @returns what removes it again
   */
  addParticipant(participant: DrainParticipant): () => void {
    return this.#sequence.addParticipant(participant);
  }

  /**
   * Drains a server that you have made, like the application's own: its requests are answered
   * before anything is torn down, and the shutdown is announced to its clients. Add it before it listens.
   *
   * Only needed where a function of yours passes its requests on. A server over the framework
   * itself, such as `createServer(expressInstance)`, is found when it listens. A server for health
   * or metrics that is not added keeps serving until the process ends.
   *
   * @example
   * ```ts
   * export function listen(shutdown: GracefulShutdownService, handler: RequestListener): void {
   *   const server = createServer((request, response) => handler(request, response));
   *   shutdown.addServer(server);
   *   server.listen(8080);
   * }
   * ```
   * @param server - of `node:http`, `node:https` or `node:http2`
   * @returns what removes it again
   * @throws GracefulShutdownError `ERR_SHUTDOWN_NOT_HTTP`
   */
  addServer(server: HttpServer | HttpsServer | Http2Server | Http2SecureServer): () => void {
    if (!isHttp(server)) throw notHttp();
    if (this.#servers.has(server)) return () => {};
    this.#servers.add(server);
    return () => this.#servers.remove(server);
  }

  /**
   * Leaves as on a signal: the whole sequence, with all applications of this process, and then the
   * process ends. Joins a shutdown that runs. Called by what the shutdown waits for (a handler, a
   * hook, tracked work), the promise resolves as soon as it has begun.
   *
   * @param reason - for the log
   */
  async shutdown(reason?: string): Promise<void> {
    const left = this.#process.leave({ kind: 'request', reason });
    if (!isCalledFromWork(this.#handlerClasses())) await left;
  }

  /**
   * Called by Nest. Usually all is drained by now; where the shutdown could not be put before
   * `onModuleDestroy`, this is where it happens, late.
   */
  async beforeApplicationShutdown(signal?: string): Promise<void> {
    if (this.state === 'running' && !isRehearsedPlain())
      await this.#sequence.start({ kind: 'close', signal });
  }
}
