import { type Channel, channel } from 'node:diagnostics_channel';

import type { HttpResponse } from '../connections/open-responses.js';
import type {
  ClosedBy,
  Protocol,
  Traffic,
  TrafficConnection,
  TrafficObserver,
} from '../connections/traffic.js';
import type { Routes } from '../routes/routes.js';
import type { Clock } from '../shutdown/clock.js';
import type { DrainTask } from '../shutdown/drain-participant.js';
import type { Outcome } from '../shutdown/outcome.js';
import type { ShutdownObserver } from '../shutdown/shutdown-observer.js';
import type { ShutdownFailure } from '../shutdown/shutdown-outcome.js';
import type { ShutdownSequence } from '../shutdown/shutdown-sequence.js';
import type { ShutdownState, EndedBy } from '../shutdown/shutdown-state.js';
import type { ReportPublisher } from './report-publisher.js';
import type { ShutdownReport } from './shutdown-report.js';

/**
 * The messages on `node:diagnostics_channel`, by the name of the channel. `ms` and `remainingMs`
 * are durations in ms; ids are unique in the process. A channel without a subscriber costs nothing.
 *
 * @example
 * ```ts
 * subscribe('nestjs-drain:request:end', (message) => {
 *   const { label, ms, outcome } = message as ShutdownDiagnostics['nestjs-drain:request:end'];
 *   console.log(`${label}: ${outcome} after ${ms} ms`);
 * });
 * ```
 *
 * @publicApi
 */
export interface ShutdownDiagnostics {
  /** Published when the shutdown has entered a state. */
  'nestjs-drain:state': {
    readonly state: ShutdownState;
    /** Why the previous state ended. */
    readonly endedBy?: EndedBy | undefined;
    /** The rest of the whole budget, in ms. */
    readonly remainingMs: number;
  };
  /** Published when a client has connected, or an upgraded connection has become a websocket. */
  'nestjs-drain:connection:open': { readonly id: number; readonly protocol: Protocol };
  /** Published when a connection is closed, or continues as a websocket. */
  'nestjs-drain:connection:close': {
    readonly id: number;
    /** Who closed it. `upgraded` means that it continues as a websocket, with a new id. */
    readonly closedBy: ClosedBy | 'upgraded';
  };
  /** Published when the header of a request has arrived. */
  'nestjs-drain:request:start': {
    readonly id: number;
    readonly connectionId: number;
    /** The method and path, since no handler is known yet. Never a query string. */
    readonly label: string;
  };
  /** Published when a request has ended: `completed`, `aborted` or `cut`. */
  'nestjs-drain:request:end': {
    readonly id: number;
    /** Method and handler. */
    readonly label: string;
    /** How long it took, in ms; absent if it began before requests were followed. */
    readonly ms?: number;
    readonly outcome: Outcome;
  };
  /** Published when a hook of the teardown begins: `Database.onModuleDestroy`. */
  'nestjs-drain:hook:start': { readonly name: string };
  /** Published when a hook of the teardown has ended: `completed` or `failed`. */
  'nestjs-drain:hook:end': { readonly name: string; readonly outcome: Outcome };
  /** Published when time is up and these tasks are cut. */
  'nestjs-drain:cut': { readonly tasks: readonly DrainTask[] };
  /** Published when a hook or a participant has failed; `where` names it. */
  'nestjs-drain:failure': { readonly where: string; readonly error: unknown };
  /** Published when the shutdown is over, with its report. */
  'nestjs-drain:report': { readonly report: ShutdownReport };
}

type Name = keyof ShutdownDiagnostics;

const requestStart = channelOf('nestjs-drain:request:start');
const requestEnd = channelOf('nestjs-drain:request:end');
const ofTraffic = [
  channelOf('nestjs-drain:connection:open'),
  channelOf('nestjs-drain:connection:close'),
  requestStart,
  requestEnd,
];

/** The ids of connections and requests, made on demand. */
const ids = new WeakMap<object, number>();
let lastId = 0;

/**
 * Publishes what happens on `node:diagnostics_channel`.
 *
 * @internal
 */
export class Diagnostics implements ShutdownObserver, TrafficObserver {
  constructor(
    private readonly sequence: ShutdownSequence,
    traffic: Traffic,
    private readonly routes: Pick<Routes, 'labelOf'>,
    reports: ReportPublisher,
    private readonly clock: Clock,
  ) {
    sequence.observe(this);
    traffic.observe(this);
    reports.onReport((report) => this.#reported(report));
  }

  entered(state: ShutdownState, endedBy?: EndedBy): void {
    const remainingMs = this.sequence.remainingMs();
    publish('nestjs-drain:state', () => ({ state, endedBy, remainingMs }));
  }

  followsHealthy(): boolean {
    return ofTraffic.some(({ hasSubscribers }) => hasSubscribers);
  }

  connectionOpened(connection: TrafficConnection): void {
    const { protocol } = connection;
    publish('nestjs-drain:connection:open', () => ({ id: idOf(connection), protocol }));
  }

  connectionClosed(connection: TrafficConnection, closedBy: ClosedBy): void {
    publish('nestjs-drain:connection:close', () => ({ id: idOf(connection), closedBy }));
  }

  connectionUpgraded(connection: TrafficConnection): void {
    publish('nestjs-drain:connection:close', () => ({
      id: idOf(connection),
      closedBy: 'upgraded',
    }));
  }

  requestBegan(response: HttpResponse, connection: TrafficConnection): void {
    // Checked first: this runs for each request.
    if (!requestStart.hasSubscribers) return;
    this.#publishStart(response, connection);
  }

  #publishStart(response: HttpResponse, connection: TrafficConnection): void {
    publish('nestjs-drain:request:start', () => ({
      id: idOf(response),
      connectionId: idOf(connection),
      label: this.routes.labelOf(response),
    }));
  }

  requestEnded(response: HttpResponse, since: number | undefined, outcome: Outcome): void {
    if (!requestEnd.hasSubscribers) return;
    this.#publishEnd(response, since, outcome);
  }

  #publishEnd(response: HttpResponse, since: number | undefined, outcome: Outcome): void {
    publish('nestjs-drain:request:end', () => ({
      id: idOf(response),
      label: this.routes.labelOf(response),
      ...(since !== undefined && { ms: this.clock.now() - since }),
      outcome,
    }));
  }

  hookBegan(name: string): void {
    publish('nestjs-drain:hook:start', () => ({ name }));
  }

  hookEnded(name: string, outcome: Outcome): void {
    publish('nestjs-drain:hook:end', () => ({ name, outcome }));
  }

  cut(tasks: readonly DrainTask[]): void {
    publish('nestjs-drain:cut', () => ({ tasks }));
  }

  failed({ where, error }: ShutdownFailure): void {
    publish('nestjs-drain:failure', () => ({ where, error }));
  }

  #reported(report: () => ShutdownReport): void {
    publish('nestjs-drain:report', () => ({ report: report() }));
  }
}

/** @param message - called only if the channel has subscribers */
function publish<N extends Name>(name: N, message: () => ShutdownDiagnostics[N]): void {
  const named = channelOf(name);
  if (named.hasSubscribers) named.publish(message());
}

/** Node has one of each name. */
function channelOf(name: Name): Channel {
  return channel(name);
}

function idOf(what: object): number {
  const known = ids.get(what);
  if (known !== undefined) return known;
  lastId += 1;
  ids.set(what, lastId);
  return lastId;
}
