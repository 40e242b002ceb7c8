import { constants } from 'node:os';
import { isatty } from 'node:tty';

import { invalidOptions, missingOptions } from './graceful-shutdown.errors.js';
import {
  between,
  duration,
  flag,
  type OptionRule,
  path,
  problemsWith,
  problemWith,
  readOptions,
} from './option-rules.js';
import type { HandlerRow } from './handlers/handler-row.js';
import { fitBudget } from './platforms/fit-budget.js';
import { patienceHere } from './platforms/patience.js';
import { token } from './wiring/token.js';

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
   * When the grace period may end at the earliest. Shorter than `gracePeriodMs`, it ends early where
   * nothing but health probes ever came, or where everybody who sent connections has been silent for
   * longer than chance explains; and all who ask for readiness have been told three times. No effect
   * where `gracePeriodMs` is 0.
   *
   * @defaultValue `gracePeriodMs`: it never ends early
   */
  readonly minGracePeriodMs?: number | undefined;
  /**
   * How long the grace period may take at most. Longer than `gracePeriodMs`, it goes on while new
   * connections still come; the drain has that much less, so that the process ends when it would
   * have. At most `gracePeriodMs` and `drainTimeoutMs` together. No effect where `gracePeriodMs` is 0.
   *
   * @defaultValue `gracePeriodMs`: it is never extended
   */
  readonly maxGracePeriodMs?: number | undefined;
  /**
   * How long work in flight may take to finish. Its last second (or fifth, if that is less) is for
   * work to react to the deadline signal before it is cut.
   *
   * @defaultValue 20000
   */
  readonly drainTimeoutMs?: number | undefined;
  /**
   * How much time is kept free for Nest's own teardown at least: `onModuleDestroy` and the hooks
   * after it. What the drain does not use is added.
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
   * A file to which each shutdown's report is written, as JSON; `{pid}` in its name becomes the
   * process id. A regular file is replaced at once or not at all; a device, a pipe or `/dev/stderr`
   * is written to.
   *
   * @defaultValue none
   */
  readonly reportFile?: string | undefined;
  /**
   * How much of the report the log has: `'none'`, `'compact'` (all but the samples of the load) or
   * `'full'`. The line `Closed in ...` and the advice are there in any case.
   *
   * @defaultValue `'none'` where standard output is a terminal, else `'compact'`
   */
  readonly reportLog?: 'none' | 'compact' | 'full' | undefined;
  /**
   * Kubernetes' `terminationMessagePath`: at most 4,096 bytes of the report are written to it, if it
   * exists, for `kubectl describe pod` to show.
   *
   * @defaultValue `/dev/termination-log` in Kubernetes (when `KUBERNETES_SERVICE_HOST` is set), else none
   */
  readonly terminationLog?: string | undefined;
  /**
   * Whether a report may hold addresses of clients: of those that connected late.
   *
   * @defaultValue false
   */
  readonly reportClients?: boolean | undefined;
  /**
   * Who the reports are of, where the environment does not say so: `OTEL_SERVICE_NAME`,
   * `OTEL_RESOURCE_ATTRIBUTES`, `POD_NAME`, `npm_package_name` and `npm_package_version`.
   *
   * @defaultValue by those variables, and the name of the machine
   */
  readonly service?: ServiceIdentity | undefined;
  /**
   * How long the platform waits, from the signal on, before it kills the process: say so where you
   * have set it (`terminationGracePeriodSeconds` of Kubernetes, `stop_grace_period` of Compose,
   * `stopTimeout` of ECS, `kill_timeout` of Fly.io). The default times fit into it, and times of your
   * own that do not are a warning at the start.
   *
   * @defaultValue the environment variable `PLATFORM_TIMEOUT_SECONDS`, else
   * `TERMINATION_GRACE_PERIOD_SECONDS`, else what the platform does by default
   */
  readonly platformTimeoutSeconds?: number | undefined;
  /**
   * The older name of `platformTimeoutSeconds`, which counts where both are set.
   *
   * @defaultValue none
   */
  readonly terminationGracePeriodSeconds?: number | undefined;
  /**
   * Where probes are answered that do not come by the application's own HTTP server: for workers,
   * schedulers and microservices, or beside a main port that may be saturated.
   *
   * @defaultValue none
   */
  readonly probes?: ProbeOptions | undefined;
  /**
   * Decorators of the application's own, or of a library that is not known, whose handlers nobody
   * waits for: each that runs holds the drain. Those of Nest's libraries are known.
   *
   * @defaultValue none
   */
  readonly trackHandlers?: readonly HandlerRow[] | undefined;
  /**
   * The source of the spread over the grace period, uniform in [0, 1). Seed it in tests.
   *
   * @defaultValue `Math.random`
   */
  readonly random?: (() => number) | undefined;
}

/**
 * Where health probes are answered, of an application that has no HTTP server for them.
 *
 * @example
 * ```ts
 * GracefulShutdownModule.forRoot({ probes: { port: 9000, file: '/tmp/ready' } });
 * ```
 *
 * @publicApi
 */
export interface ProbeOptions {
  /**
   * The port of a small server. `/live` says 200 as long as the event loop turns, `/startup` once
   * the application has started, `/ready` from then on until the shutdown begins; else they say 503.
   * It answers until the process is gone, and never holds it. 0 is any port that is free.
   *
   * @defaultValue none
   */
  readonly port?: number | undefined;
  /**
   * The address that the server listens on.
   *
   * @defaultValue all addresses of the machine
   */
  readonly host?: string | undefined;
  /**
   * A file that is there while the application is ready, for `exec` probes: `test -f /tmp/ready`.
   * It is removed the moment a shutdown begins.
   *
   * @defaultValue none
   */
  readonly file?: string | undefined;
}

/**
 * Who reports are of.
 *
 * @example
 * ```ts
 * GracefulShutdownModule.forRoot({ service: { name: 'orders', version: '1.4.2' } });
 * ```
 *
 * @publicApi
 */
export interface ServiceIdentity {
  /**
   * The name of the service.
   *
   * @defaultValue `OTEL_SERVICE_NAME`, `service.name` of OpenTelemetry, or `npm_package_name`
   */
  readonly name?: string | undefined;
  /**
   * The version that is deployed.
   *
   * @defaultValue `service.version` of OpenTelemetry, or `npm_package_version`
   */
  readonly version?: string | undefined;
  /**
   * This process among those of the service: the pod.
   *
   * @defaultValue `service.instance.id` or `k8s.pod.name` of OpenTelemetry, `POD_NAME`, `HOSTNAME`,
   * or the name of the machine
   */
  readonly instance?: string | undefined;
}

/** What may be none. */
type Optional = 'probes' | 'service' | 'reportFile' | 'terminationLog' | 'platformTimeoutSeconds';
/** Read, and nowhere else. */
type Alias = 'terminationGracePeriodSeconds';

/** @internal */
export type ResolvedOptions = {
  readonly [Name in Exclude<keyof GracefulShutdownOptions, Optional | Alias>]-?: NonNullable<
    GracefulShutdownOptions[Name]
  >;
} & { readonly [Name in Optional]: GracefulShutdownOptions[Name] };

/** The token of the options in force. @internal */
export const RESOLVED_OPTIONS = token<ResolvedOptions>('nestjs-drain:options');

const STANDARD_OUTPUT = 1;
const REPORT_LOGS = ['none', 'compact', 'full'];
const KUBERNETES_GRACE_PERIOD_MS = 5000;
const TIMES = { drainTimeoutMs: 20_000, closeTimeoutMs: 4000 };
const MOST_PORT = 65_535;
const TERMINATION_LOG = '/dev/termination-log';

/** Those of another option are not among them. @internal */
export function defaultOptions(
  env: NodeJS.ProcessEnv = process.env,
  isTerminal = isatty(STANDARD_OUTPUT),
  platformTimeoutSeconds?: number,
): Omit<ResolvedOptions, 'minGracePeriodMs' | 'maxGracePeriodMs'> {
  const gracePeriodMs = env['KUBERNETES_SERVICE_HOST'] ? KUBERNETES_GRACE_PERIOD_MS : 0;
  const patience = patienceHere(platformTimeoutSeconds, env);
  return {
    signals: ['SIGTERM', 'SIGINT'],
    ...fitBudget({ ...TIMES, gracePeriodMs }, patience?.seconds),
    idleLingerMs: 1000,
    drainOnCrash: false,
    websocketCloseCode: 1012,
    probes: undefined,
    service: undefined,
    reportFile: undefined,
    reportLog: isTerminal ? 'none' : 'compact',
    terminationLog: env['KUBERNETES_SERVICE_HOST'] ? TERMINATION_LOG : undefined,
    reportClients: false,
    platformTimeoutSeconds,
    trackHandlers: [],
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
  if (typeof given !== 'object' || given === null || Array.isArray(given)) {
    throw missingOptions(given);
  }
  const read = readOptions(given);
  const problems = problemsWith(RULES, read);
  if (problems.length > 0) throw invalidOptions(problems);
  const { terminationGracePeriodSeconds, ...others } = read as GracefulShutdownOptions;
  const seconds = others.platformTimeoutSeconds ?? terminationGracePeriodSeconds;
  const chosen = Object.entries(others).filter(([, value]) => value !== undefined);
  const options = { ...defaultOptions(env, undefined, seconds), ...Object.fromEntries(chosen) };
  const { gracePeriodMs } = options;
  const resolved = { minGracePeriodMs: gracePeriodMs, maxGracePeriodMs: gracePeriodMs, ...options };
  const contradictions = contradictionsIn(resolved);
  if (contradictions.length > 0) throw invalidOptions(contradictions);
  return resolved;
}

/** Whether the grace period may be of another length than configured. @internal */
export function isGraceAdaptive(options: ResolvedOptions): boolean {
  const { gracePeriodMs, minGracePeriodMs, maxGracePeriodMs } = options;
  return gracePeriodMs > 0 && minGracePeriodMs < maxGracePeriodMs;
}

const wholeSeconds: OptionRule = {
  allowed: 'a whole number of seconds above 0',
  accepts: (value) => Number.isInteger(value) && Number(value) > 0,
};

const UNCATCHABLE: ReadonlySet<unknown> = new Set(['SIGKILL', 'SIGSTOP']);

const RULES: Readonly<Record<keyof GracefulShutdownOptions, OptionRule>> = {
  signals: {
    allowed: 'an array of signal names such as SIGTERM, without SIGKILL and SIGSTOP',
    accepts: (value) => Array.isArray(value) && [...value].every(isCatchableSignal),
  },
  gracePeriodMs: duration,
  minGracePeriodMs: duration,
  maxGracePeriodMs: duration,
  drainTimeoutMs: duration,
  closeTimeoutMs: duration,
  idleLingerMs: duration,
  drainOnCrash: flag,
  websocketCloseCode: {
    allowed: '1000, 1001, 1012, 1013 or a whole number from 3000 to 4999',
    accepts: isCloseCode,
  },
  probes: {
    allowed: 'an object with a port from 0 to 65535 (and a host), the path of a file, or both',
    accepts: isProbeOptions,
  },
  reportFile: path,
  reportLog: {
    allowed: `${REPORT_LOGS.slice(0, -1).join(', ')} or ${REPORT_LOGS.at(-1)}`,
    accepts: (value) => typeof value === 'string' && REPORT_LOGS.includes(value),
  },
  terminationLog: path,
  reportClients: flag,
  service: {
    allowed: 'an object of the strings name, version and instance',
    accepts: isServiceIdentity,
  },
  platformTimeoutSeconds: wholeSeconds,
  terminationGracePeriodSeconds: wholeSeconds,
  trackHandlers: {
    allowed:
      'an array of { name, metadata, methods? }: a text, the key of metadata, names of methods',
    accepts: (value) => Array.isArray(value) && [...value].every(isHandlerRow),
  },
  random: {
    allowed: 'a function that returns a number in [0, 1)',
    accepts: (value) => typeof value === 'function',
  },
};

/**
 * What options may be beside others. Without a grace period, as by default outside Kubernetes, there
 * is nothing to shorten or to extend: the same options shall do for both.
 */
function contradictionsIn(options: ResolvedOptions): string[] {
  const { gracePeriodMs, drainTimeoutMs, minGracePeriodMs, maxGracePeriodMs } = options;
  if (gracePeriodMs === 0) return [];
  const grace = `gracePeriodMs (${gracePeriodMs})`;
  const longest = `gracePeriodMs and drainTimeoutMs together (${gracePeriodMs + drainTimeoutMs})`;
  const shorter = between(0, gracePeriodMs, `a value from 0 to ${grace}`);
  const longer = between(
    gracePeriodMs,
    gracePeriodMs + drainTimeoutMs,
    `a value from ${grace} to ${longest}`,
  );
  return [
    ...problemWith('minGracePeriodMs', minGracePeriodMs, shorter),
    ...problemWith('maxGracePeriodMs', maxGracePeriodMs, longer),
  ];
}

function isServiceIdentity(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return Object.entries(value).every(
    ([name, one]) =>
      ['name', 'version', 'instance'].includes(name) &&
      (one === undefined || typeof one === 'string'),
  );
}

function isCatchableSignal(value: unknown): boolean {
  return (
    typeof value === 'string' && Object.hasOwn(constants.signals, value) && !UNCATCHABLE.has(value)
  );
}

function isProbeOptions(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  const { port, host, file, ...others } = value as Record<string, unknown>;
  const isPort = Number.isInteger(port) && Number(port) >= 0 && Number(port) <= MOST_PORT;
  return (
    (port === undefined ? host === undefined && file !== undefined : isPort) &&
    (host === undefined || path.accepts(host)) &&
    (file === undefined || path.accepts(file)) &&
    Object.keys(others).length === 0
  );
}

function isHandlerRow(value: unknown): boolean {
  const { name, metadata, methods } = (value ?? {}) as Partial<Record<keyof HandlerRow, unknown>>;
  const isKey = typeof metadata === 'symbol' || isText(metadata);
  return isText(name) && isKey && (methods === undefined || isListOfTexts(methods));
}

function isListOfTexts(value: unknown): boolean {
  return Array.isArray(value) && [...value].every(isText);
}

function isText(value: unknown): boolean {
  return typeof value === 'string' && value !== '';
}

/** Those of RFC 6455 (7.4) and of IANA's registry with which a server may leave. */
function isCloseCode(value: unknown): boolean {
  const code = Number.isInteger(value) ? Number(value) : 0;
  return [1000, 1001, 1012, 1013].includes(code) || (code >= 3000 && code <= 4999);
}
