import type { ClosedBy } from '../connections/traffic.js';
import type { Outcome } from '../shutdown/outcome.js';
import type { ShutdownState, EndedBy } from '../shutdown/shutdown-state.js';

/**
 * What happened during one shutdown of one application, as data. `atMs` is an instant, in ms after
 * `startedAt`; it is negative for an earlier one. `ms`, and any other name in `Ms`, is a duration
 * in ms. The report has no query string, header, body or address of a client, unless
 * `reportClients` is set.
 *
 * Later versions of this package may add fields within a version of the format, and never change
 * the meaning of one.
 *
 * @publicApi
 */
export interface ShutdownReport {
  /** The version of the format. */
  readonly version: 2;
  /** The id of the process. */
  readonly pid: number;
  /** The service and instance. Reports of older versions of this package have none. */
  readonly origin?: ReportedOrigin;
  /** The wall-clock time of the start, ISO 8601. All other times come from a monotonic clock. */
  readonly startedAt: string;
  /** What began the shutdown. */
  readonly trigger: ReportedTrigger;
  /**
   * `clean`: nothing was cut and nothing failed. `forced`: time was up, or a second signal came.
   * `failed`: a hook or a participant failed, or the shutdown began with a crash.
   */
  readonly result: 'clean' | 'forced' | 'failed';
  /** The exit code of the process; left out if the process goes on after `app.close()`. */
  readonly exitCode?: number;
  /** How long the shutdown took, in ms. */
  readonly totalMs: number;
  /** The longest that it might have taken. */
  readonly budget: ReportedBudget;
  /**
   * The states it went through, in order. A skipped grace period is listed with next to no time.
   */
  readonly states: readonly ReportedState[];
  /** The HTTP requests, and how they ended. */
  readonly requests: ReportedRequests;
  /** The connections, and who closed them. */
  readonly connections: ReportedConnections;
  /**
   * The connections opened after the shutdown began. Late ones show how long the grace period
   * should be.
   */
  readonly newConnections: ReportedNewConnections;
  /** The health probes answered, and how many of them saw red. */
  readonly probes: ReportedProbes;
  /** The participants that had work. */
  readonly participants: readonly ReportedParticipant[];
  /**
   * The hooks of Nest's teardown in the order they began; if there are very many, only the slowest.
   */
  readonly hooks: readonly ReportedHook[];
  /** The failures: hooks and participants, with the message of the error. */
  readonly failures: readonly ReportedFailure[];
  /**
   * The resources that kept the event loop alive after everything was closed, by Node's names
   * (`TCPSocketWrap`).
   */
  readonly heldBy: readonly string[];
  /** Listeners of other code on the signals of this module. */
  readonly foreignListeners: readonly string[];
  /** The result of the telemetry flush. */
  readonly flush?: ReportedFlush;
  /** Load over time, at most 64 samples at equal distances. */
  readonly samples: readonly ReportedSample[];
  /** The advice: what to change, in sentences. */
  readonly advice: readonly string[];
}

/** The service and instance of a report, which tell the processes of a rollout apart. @publicApi */
export interface ReportedOrigin {
  /** The pod, the instance or the machine. */
  readonly host: string;
  /** The name of the service; left out where it is not known. */
  readonly service?: string;
  /** The version of the service; left out where it is not known. */
  readonly version?: string;
}

/** The trigger of the shutdown. @publicApi */
export interface ReportedTrigger {
  /**
   * `signal`, `request` (`shutdown()` was called), `restart`, `crash` or `close` (`app.close()`).
   */
  readonly kind: 'signal' | 'request' | 'restart' | 'crash' | 'close';
  /** The name of the signal: `SIGTERM`. */
  readonly signal?: string;
  /** Typed at the terminal: Ctrl-C, which has no grace period. */
  readonly typed?: true;
  /** What `shutdown(reason)` was called with, or the message of the error of a crash. */
  readonly reason?: string;
}

/** The longest that a shutdown may take, by its options. @publicApi */
export interface ReportedBudget {
  /** The grace period, in ms, by the options. */
  readonly gracePeriodMs: number;
  /** The time for work in flight, in ms, by the options. */
  readonly drainTimeoutMs: number;
  /** The time for Nest's teardown, in ms, by the options. */
  readonly closeTimeoutMs: number;
  /**
   * The longest that this shutdown might have taken, in ms, without a grace period if none was due.
   */
  readonly totalMs: number;
}

/** One state that a shutdown went through. @publicApi */
export interface ReportedState {
  /** The state: `grace`, `draining`, `forcing` or `closing`. */
  readonly state: Exclude<ShutdownState, 'running' | 'closed'>;
  /** When it began, in ms after `startedAt`. */
  readonly atMs: number;
  /** How long it took, in ms. */
  readonly ms: number;
  /** Why it ended. */
  readonly endedBy: EndedBy;
}

/** HTTP requests during a shutdown. @publicApi */
export interface ReportedRequests {
  /** The requests in flight at the start. */
  readonly atStart: number;
  /** The requests received since then. */
  readonly received: number;
  /** The requests received after the grace period; 0 if there was none. */
  readonly late: number;
  /** The requests answered whole since it began. */
  readonly completed: number;
  /** The requests that the client or the application aborted. */
  readonly aborted: number;
  /** The requests that were cut because time was up. */
  readonly cut: number;
  /** The requests that took longest, at most 20, the longest first. */
  readonly slowest: readonly ReportedRequest[];
}

/** One of the slowest requests. @publicApi */
export interface ReportedRequest {
  /**
   * The name of the request, its method and handler: `GET OrdersController.export`. Never a query
   * string.
   */
  readonly label: string;
  /** When it began, in ms after `startedAt`; below 0 if it was in flight already. */
  readonly atMs: number;
  /** How long it took, in ms. */
  readonly ms: number;
  /**
   * True if the request began before the shutdown at an unknown time: `atMs` is 0, and `ms` counts
   * from there.
   */
  readonly isOlder?: boolean;
  /**
   * `completed` (answered whole), `aborted` (by its client or the application) or `cut` (at the
   * deadline).
   */
  readonly outcome: Outcome;
}

/** Connections during a shutdown, and who closed them. @publicApi */
export interface ReportedConnections {
  /** The connections open at the start: HTTP/1.1, HTTP/2 and websockets. */
  readonly atStart: number;
  /** The number of connections closed, by whom. */
  readonly closedBy: Readonly<Record<ClosedBy, number>>;
  /** The connections still open at the end. */
  readonly left: number;
  /**
   * The connections that still waited to be accepted when the listener closed, and were reset. Left
   * out if there were none, or if the system does not report them (Linux does, for TCP).
   */
  readonly dropped?: number;
}

/** The new connections during a shutdown, without those of health probes. @publicApi */
export interface ReportedNewConnections {
  /** The number of new connections since the shutdown began. */
  readonly count: number;
  /** When the last one came, in ms after `startedAt`; left out if there was none. */
  readonly lastAtMs?: number;
  /**
   * The number that came in the last fifth of the grace period or after it; 0 if there was none.
   */
  readonly late: number;
  /** The addresses of late clients, at most 10; only with `reportClients`. */
  readonly lateClients?: readonly string[];
}

/** The health probes during a shutdown. @publicApi */
export interface ReportedProbes {
  /** The number of health probes that were answered. */
  readonly answered: number;
  /** The number of them answered with a status of 500 or more, which is red. */
  readonly failing: number;
  /** When the last one was answered, in ms after `startedAt`; left out if there was none. */
  readonly lastAtMs?: number;
}

/** A participant during a shutdown. @publicApi */
export interface ReportedParticipant {
  /** The name of the participant: `http`, `websockets`, `bullmq`, or that of your own. */
  readonly name: string;
  /** The tasks in flight at the start. */
  readonly atStart: number;
  /** The number of tasks that were cut. */
  readonly cut: number;
  /** The participant's own summary, as in the log. */
  readonly summary?: string;
}

/** One hook of the teardown. @publicApi */
export interface ReportedHook {
  /** The name of the hook: `DatabaseService.onModuleDestroy`. */
  readonly name: string;
  /** When it began, in ms after `startedAt`. */
  readonly atMs: number;
  /** How long it took, in ms. An unfinished hook counts until the report was made. */
  readonly ms: number;
  /** `completed`, `failed` (it threw or rejected) or `cut` (time was up before it ended). */
  readonly outcome: Outcome;
}

/** A failure during the shutdown. @publicApi */
export interface ReportedFailure {
  /** The place of the failure: `participant kafka`, `OrdersModule.onModuleDestroy`. */
  readonly where: string;
  /** The message of the error, on one line and bounded. */
  readonly message: string;
}

/** How the flush of telemetry went. @publicApi */
export interface ReportedFlush {
  /** `completed` (all telemetry was sent), `failed` or `cut` (time was up before it was). */
  readonly outcome: Outcome;
  /** How long it took, in ms. */
  readonly ms: number;
}

/** The load at one moment. @publicApi */
export interface ReportedSample {
  /** When it was taken, in ms after `startedAt`. */
  readonly atMs: number;
  /** The tasks in flight: requests, messages and other work. */
  readonly inFlight: number;
  /** The connections that are open. */
  readonly connections: number;
  /** The requests received since the last sample. */
  readonly received: number;
}
