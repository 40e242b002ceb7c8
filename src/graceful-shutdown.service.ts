import { type BeforeApplicationShutdown, Injectable } from '@nestjs/common';
import type { Server as HttpServer } from 'node:http';
import type { Http2SecureServer, Http2Server } from 'node:http2';
import type { Server as HttpsServer } from 'node:https';
import { Observable } from 'rxjs';

import { type HttpServers, isHttp } from './connections/http-servers.js';
import { notHttp } from './graceful-shutdown.errors.js';
import type { WorkTracker } from './handlers/work-tracker.js';
import type { ReportPublisher } from './report/report-publisher.js';
import type { ShutdownReport } from './report/shutdown-report.js';
import { isCalledFromWork } from './shutdown/called-from.js';
import type { DrainParticipant } from './shutdown/drain-participant.js';
import type { ProcessShutdown } from './shutdown/process-shutdown.js';
import { isRehearsedPlain } from './shutdown/rehearsal.js';
import type { ShutdownSequence } from './shutdown/shutdown-sequence.js';
import type { ShutdownState } from './shutdown/shutdown-state.js';

/**
 * The service that shows and controls the shutdown of an application: its state, the time left, and
 * the work it waits for.
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
  #states: Observable<ShutdownState> | undefined;

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

  /** The current state of the shutdown; `running` before it begins. */
  get state(): ShutdownState {
    return this.#sequence.state;
  }

  /** Emits the current state, then every later one. Completes after `closed`. */
  get state$(): Observable<ShutdownState> {
    // Made when asked for: V8 fits all objects of a class to the first few, and one without a source
    // would make those of the application larger.
    return (this.#states ??= new Observable((subscriber) => {
      const entered = (state: ShutdownState) => {
        subscriber.next(state);
        if (state === 'closed') subscriber.complete();
      };
      entered(this.state);
      return this.#sequence.observe({ entered });
    }));
  }

  /**
   * Whether balancers may send requests here. Stays true to the end of a graceful restart: another
   * worker serves the same address, so balancers must not see red.
   *
   * @internal
   */
  get isReady(): boolean {
    return this.state === 'running' || !this.#sequence.isAwaited;
  }

  /** The number of requests, messages and other tasks in flight. */
  get inFlight(): number {
    return this.#sequence.inFlight;
  }

  /**
   * The signal that is aborted when the shutdown begins: take no new work from queues and
   * schedules. It is also the moment for a last event of your own, as event streams are ended 100
   * ms later at the earliest; after `app.close()`, in a later turn of the event loop.
   */
  get intakeSignal(): AbortSignal {
    return this.#sequence.intakeSignal;
  }

  /**
   * The signal that is aborted at the deadline, when the time for draining is up. Work that is
   * still in flight a second later is cut.
   */
  get deadlineSignal(): AbortSignal {
    return this.#sequence.deadlineSignal;
  }

  /** Returns the time until the application is closed, in ms; `Infinity` while it runs. */
  remainingMs(): number {
    return this.#sequence.remainingMs();
  }

  /** The report of the shutdown; `undefined` until it is over. */
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
   * Adds a participant: work of your own that drains with the other kinds.
   *
   * @returns a function that removes it
   */
  addParticipant(participant: DrainParticipant): () => void {
    return this.#sequence.addOwnParticipant(participant);
  }

  /**
   * Adds a server that you created, to drain it like the application's own: its requests are
   * answered before anything is torn down, and its connections are told to go. Call this before it
   * listens.
   *
   * Only needed if a function of yours passes its requests on. A server over the framework itself,
   * such as `createServer(expressInstance)`, is found when it listens. A server for health or
   * metrics that is not added keeps serving until the process ends.
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
   * @returns a function that removes it
   * @throws GracefulShutdownError `ERR_SHUTDOWN_NOT_HTTP`
   */
  addServer(server: HttpServer | HttpsServer | Http2Server | Http2SecureServer): () => void {
    if (!isHttp(server)) throw notHttp();
    if (this.#servers.has(server)) return () => {};
    this.#servers.add(server);
    return () => this.#servers.remove(server);
  }

  /**
   * Shuts down as a signal does: the whole sequence, grace period included, with all applications
   * of this process; then the process ends. Joins a shutdown that runs. If the shutdown waits for
   * the caller (a handler, a hook, tracked work), the promise resolves as soon as it has begun.
   *
   * @param reason - for the log
   */
  async shutdown(reason?: string): Promise<void> {
    const left = this.#process.leave({ kind: 'request', reason });
    if (!isCalledFromWork(this.#handlerClasses())) await left;
  }

  /**
   * Called by Nest; not for your own use. If the shutdown could not drain before `onModuleDestroy`,
   * it drains here.
   */
  async beforeApplicationShutdown(signal?: string): Promise<void> {
    if (this.state === 'running' && !isRehearsedPlain())
      await this.#sequence.start({ kind: 'close', signal });
  }
}
