import { constants } from 'node:os';

import { invalidOptions, missingOptions } from './graceful-shutdown.errors.js';
import { duration, type OptionRule, problemsWith } from './option-rules.js';

/**
 * All durations are in milliseconds. `gracePeriodMs`, `drainTimeoutMs` and `closeTimeoutMs` added
 * up are the time after which the process is gone, whatever the application does.
 *
 * @publicApi
 */
export interface GracefulShutdownOptions {
  /**
   * The signals that begin the shutdown. `SIGKILL` and `SIGSTOP` cannot be caught.
   *
   * @defaultValue `['SIGTERM', 'SIGINT']`
   */
  readonly signals?: readonly NodeJS.Signals[] | undefined;
  /**
   * How long everything is still served after the signal, so that the balancer can learn that it
   * should send no more. Longer than it takes your balancer to notice a failed readiness check.
   *
   * @defaultValue 5000 in Kubernetes (when `KUBERNETES_SERVICE_HOST` is set), else 0
   */
  readonly gracePeriodMs?: number | undefined;
  /**
   * How long work under way may take to finish. Its last second (or fifth, if that is less) is for
   * work to react to the deadline signal before it is cut.
   *
   * @defaultValue 20000
   */
  readonly drainTimeoutMs?: number | undefined;
  /**
   * How long Nest's own teardown may take: `onModuleDestroy` and the hooks after it.
   *
   * @defaultValue 4000
   */
  readonly closeTimeoutMs?: number | undefined;
  /**
   * How long a kept-alive connection is left open after its last response, so that a client that
   * is about to use it again gets an answer, with `Connection: close`, instead of a reset.
   *
   * @defaultValue 1000
   */
  readonly idleLingerMs?: number | undefined;
  /**
   * Whether an uncaught exception or unhandled rejection runs the same shutdown, without a grace
   * period, and exits with 1. Off, Node's own behaviour stays: the process dies at once.
   *
   * @defaultValue false
   */
  readonly drainOnCrash?: boolean | undefined;
  /**
   * The code that websockets are closed with: 1000, 1001, 1012, 1013 or 3000 to 4999. The default
   * says "service restart", upon which clients connect again.
   *
   * @defaultValue 1012
   */
  readonly websocketCloseCode?: number | undefined;
  /**
   * The source of the spread over the grace period, uniform in [0, 1). Seed it in tests.
   *
   * @defaultValue `Math.random`
   */
  readonly random?: (() => number) | undefined;
}

/** @internal */
export type ResolvedOptions = {
  readonly [Name in keyof GracefulShutdownOptions]-?: NonNullable<GracefulShutdownOptions[Name]>;
};

/** The token of the options in force; a string, so that it survives two copies of the package. @internal */
export const RESOLVED_OPTIONS = 'nestjs-drain:options';

const KUBERNETES_GRACE_PERIOD_MS = 5000;

/** @internal */
export function defaultOptions(env: NodeJS.ProcessEnv = process.env): ResolvedOptions {
  return {
    signals: ['SIGTERM', 'SIGINT'],
    gracePeriodMs: env['KUBERNETES_SERVICE_HOST'] ? KUBERNETES_GRACE_PERIOD_MS : 0,
    drainTimeoutMs: 20_000,
    closeTimeoutMs: 4000,
    idleLingerMs: 1000,
    drainOnCrash: false,
    websocketCloseCode: 1012,
    random: Math.random,
  };
}

/**
 * Options with all defaults filled in.
 *
 * @throws GracefulShutdownError that names every option that is wrong, its value, and what is allowed
 * @internal
 */
export function resolveOptions(given: unknown, env?: NodeJS.ProcessEnv): ResolvedOptions {
  if (typeof given !== 'object' || given === null) throw missingOptions(given);
  const problems = problemsWith(RULES, given);
  if (problems.length > 0) throw invalidOptions(problems);
  const chosen = Object.entries(given).filter(([, value]) => value !== undefined);
  return { ...defaultOptions(env), ...Object.fromEntries(chosen) };
}

const UNCATCHABLE: ReadonlySet<unknown> = new Set(['SIGKILL', 'SIGSTOP']);

const RULES: Readonly<Record<keyof GracefulShutdownOptions, OptionRule>> = {
  signals: {
    allowed: 'an array of signal names such as SIGTERM, without SIGKILL and SIGSTOP',
    accepts: (value) => Array.isArray(value) && value.every(isCatchableSignal),
  },
  gracePeriodMs: duration,
  drainTimeoutMs: duration,
  closeTimeoutMs: duration,
  idleLingerMs: duration,
  drainOnCrash: { allowed: 'true or false', accepts: (value) => typeof value === 'boolean' },
  websocketCloseCode: {
    allowed: '1000, 1001, 1012, 1013 or a whole number from 3000 to 4999',
    accepts: isCloseCode,
  },
  random: {
    allowed: 'a function that returns a number in [0, 1)',
    accepts: (value) => typeof value === 'function',
  },
};

function isCatchableSignal(value: unknown): boolean {
  return typeof value === 'string' && value in constants.signals && !UNCATCHABLE.has(value);
}

/** Those of RFC 6455 (7.4) and of IANA's registry with which a server may leave. */
function isCloseCode(value: unknown): boolean {
  const code = Number.isInteger(value) ? Number(value) : 0;
  return [1000, 1001, 1012, 1013].includes(code) || (code >= 3000 && code <= 4999);
}
