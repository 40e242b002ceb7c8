import type { ShutdownState } from '../shutdown/shutdown-state.js';
import type { ListenQuery } from '../sockets/bind.js';

/**
 * The messages between a worker and its primary, over the IPC channel of the child process. The two
 * may run different releases of this package, and ignore unknown messages.
 *
 * @internal
 */
export type FromWorker =
  /**
   * Asks for a socket to listen on; answered by `bound`. `index` tells apart the servers of one
   * worker on the same address (port 0), from 0: the next worker gets the same socket for it.
   */
  | {
      readonly type: 'bind';
      readonly id: number;
      readonly query: ListenQuery;
      readonly index: number;
    }
  /**
   * It has started and its readiness check is green; it accepts no connection yet. `budgetMs`: how
   * long it may take to leave. `signals`: by which it would leave if it got them.
   */
  | {
      readonly type: 'ready';
      readonly budgetMs: number;
      readonly signals?: readonly NodeJS.Signals[];
    }
  /** Why it is not ready, although its application has started. */
  | { readonly type: 'waiting'; readonly reason: string }
  /** It accepts connections. */
  | { readonly type: 'accepting' }
  /** The answer to `accept` if one of its sockets fails. */
  | { readonly type: 'refused'; readonly reason: string }
  /** The shutdown of its application has entered a state. `endsInMs`: the rest of its budget. */
  | { readonly type: 'state'; readonly state: ShutdownState; readonly endsInMs: number }
  /** The answer to `report`. */
  | {
      readonly type: 'report';
      readonly id: number;
      readonly state: ShutdownState;
      readonly inFlight: number;
    };

/** @internal */
export type FromPrimary =
  /** Comes with the handle, or with the error of the system (below 0). */
  | { readonly type: 'bound'; readonly id: number; readonly error?: number }
  /** Accept connections; answered by `accepting` or `refused`. */
  | { readonly type: 'accept' }
  /** Leave. `restart`: another worker has taken over, so nobody waits for the end. */
  | { readonly type: 'leave'; readonly because: LeaveReason }
  /** Like a second signal: cut the work in flight. */
  | { readonly type: 'force' }
  | { readonly type: 'report'; readonly id: number };

/** @internal */
export type LeaveReason =
  | { readonly kind: 'restart' }
  | { readonly kind: 'signal'; readonly signal: NodeJS.Signals; readonly typed: boolean };

/** Marks our messages, because the application may use the same channel. @internal */
export interface Envelope {
  readonly 'nestjs-drain': FromWorker | FromPrimary;
}

/** @internal */
export function wrap(message: FromWorker | FromPrimary): Envelope {
  return { 'nestjs-drain': message };
}

/** @returns the message; undefined for one of the application @internal */
export function unwrap(received: unknown): FromWorker | FromPrimary | undefined {
  return (received as Partial<Envelope> | null | undefined)?.['nestjs-drain'];
}

/** The settings of a worker, as JSON in the environment variable `WORKER_VARIABLE`. @internal */
export interface WorkerSettings {
  /**
   * The PID of the primary: of the processes that inherit the variable, only its children are
   * workers.
   */
  readonly primaryPid: number;
  /** A route that answers 2xx once the application is ready. */
  readonly readyPath?: string | undefined;
  /** Whether other workers accept from the same sockets. */
  readonly isOneOfSeveral?: boolean;
  /** The signals for which the primary has hooks. */
  readonly ignores?: readonly NodeJS.Signals[];
}

/** @internal */
export const WORKER_VARIABLE = 'NESTJS_DRAIN_WORKER';
