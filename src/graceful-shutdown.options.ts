import { constants } from 'node:os';
import { isatty } from 'node:tty';

import { invalidOptions, missingOptions } from './graceful-shutdown.errors.js';
import type { HandlerRow } from './handlers/handler-row.js';
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
import { fitBudget } from './platforms/fit-budget.js';
import { patienceHere } from './platforms/patience.js';
import type { ShutdownBudget } from './shutdown/shutdown-budget.js';
import { token } from './wiring/token.js';

/**
 * The options of `GracefulShutdownModule.forRoot()`. Durations are in milliseconds.
 * `gracePeriodMs`, `drainTimeoutMs` and `closeTimeoutMs` added up are the budget: the process is
 * gone by then, whatever the application does.
 *
 * @publicApi
 */
export interface GracefulShutdownOptions {
  /**
   * The signals that begin the shutdown. `SIGKILL` and `SIGSTOP` cannot be caught. With `[]`, only
   * `shutdown()` and `close()` begin it.
   *
   * @defaultValue `['SIGTERM', 'SIGINT']`
   */
  readonly signals?: readonly NodeJS.Signals[] | undefined;
  /**
   * The grace period, in ms: how long everything is still served after the signal, so that the
   * balancer notices. Make it longer than the balancer needs to notice a failed readiness check.
   *
   * @defaultValue 5000 in Kubernetes (when `KUBERNETES_SERVICE_HOST` is set), else 0
   */
  readonly gracePeriodMs?: number | undefined;
  /**
   * The shortest grace period, in ms. If it is less than `gracePeriodMs`, the grace period ends
   * early once everybody who probes readiness was told 503 three times, and either nothing but
   * probes ever came, or every sender of connections has been silent for longer than chance
   * explains. No effect if `gracePeriodMs` is 0.
   *
   * @defaultValue `gracePeriodMs`: it never ends early
   */
  readonly minGracePeriodMs?: number | undefined;
  /**
   * The longest grace period, in ms. If it is more than `gracePeriodMs`, the grace period goes on
   * while new connections still come, and the drain gets that much less time. At most
   * `gracePeriodMs` and `drainTimeoutMs` together. No effect if `gracePeriodMs` is 0.
   *
   * @defaultValue `gracePeriodMs`: it is never extended
   */
  readonly maxGracePeriodMs?: number | undefined;
  /**
   * The time for work in flight to finish, in ms. Its last second (or fifth, if that is less) is
   * for work that reacts to the deadline signal before it is cut.
   *
   * @defaultValue 20000
   */
  readonly drainTimeoutMs?: number | undefined;
  /**
   * The time that is kept free for the teardown at least, in ms: `onModuleDestroy` and the hooks
   * after it. What the drain does not use is added.
   *
   * @defaultValue 4000
   */
  readonly closeTimeoutMs?: number | undefined;
  /**
   * The time that a kept-alive connection stays open after its last response, in ms. A client that
   * is about to use it again gets an answer, with `Connection: close`, instead of a reset.
   *
   * @defaultValue 1000
   */
  readonly idleLingerMs?: number | undefined;
  /**
   * Whether an uncaught exception or unhandled rejection runs the shutdown, without a grace period,
   * and exits with 1. If not, Node ends the process at once.
   *
   * @defaultValue false
   */
  readonly drainOnCrash?: boolean | undefined;
  /**
   * The close code of websockets: 1000, 1001, 1012, 1013, or 3000 to 4999. The default says
   * "service restart", on which clients reconnect.
   *
   * @defaultValue 1012
   */
  readonly websocketCloseCode?: number | undefined;
  /**
   * The file that gets the report of each shutdown, as JSON. `{pid}` in its name becomes the
   * process id. A regular file is replaced in one step; a device, a pipe or `/dev/stderr` is
   * written to.
   *
   * @defaultValue none
   */
  readonly reportFile?: string | undefined;
  /**
   * How much of the report is logged: `'none'`, `'compact'` (everything but the samples of the
   * load) or `'full'`. The line `Closed in ...` and the advice are logged in any case.
   *
   * @defaultValue `'none'` where standard output is a terminal, else `'compact'`
   */
  readonly reportLog?: 'none' | 'compact' | 'full' | undefined;
  /**
   * The path of Kubernetes' `terminationMessagePath`. If the file exists, at most 4,096 bytes of
   * the report are written to it, and `kubectl describe pod` shows them.
   *
   * @defaultValue `/dev/termination-log` in Kubernetes (when `KUBERNETES_SERVICE_HOST` is set), else none
   */
  readonly terminationLog?: string | undefined;
  /**
   * Whether a report may contain addresses of clients: of those that connected late, at most ten.
   *
   * @defaultValue false
   */
  readonly reportClients?: boolean | undefined;
  /**
   * The identity of the service in its reports. The default comes from the environment:
   * `OTEL_SERVICE_NAME`, `OTEL_RESOURCE_ATTRIBUTES`, `POD_NAME`, `npm_package_name` and
   * `npm_package_version`.
   *
   * @defaultValue by those variables, and the name of the machine
   */
  readonly service?: ServiceIdentity | undefined;
  /**
   * The time that the platform waits after the signal before it kills the process, in seconds. Set
   * it if you have changed it on the platform (`terminationGracePeriodSeconds` of Kubernetes,
   * `stop_grace_period` of Compose, `stopTimeout` of ECS, `kill_timeout` of Fly.io). The default
   * times fit into it; times of your own that do not are a warning at the start.
   *
   * @defaultValue the environment variable `PLATFORM_TIMEOUT_SECONDS`, else
   * `TERMINATION_GRACE_PERIOD_SECONDS`, else what the platform does by default
   */
  readonly platformTimeoutSeconds?: number | undefined;
  /**
   * The older name of `platformTimeoutSeconds`, which wins if both are set.
   *
   * @defaultValue none
   */
  readonly terminationGracePeriodSeconds?: number | undefined;
  /**
   * Health probes on a port of their own, or a readiness file. For workers, schedulers and
   * microservices without HTTP, or beside a main port that may be saturated.
   *
   * @defaultValue none
   */
  readonly probes?: ProbeOptions | undefined;
  /**
   * Decorators of your own, or of a library that is not known, whose handlers nobody awaits. Each
   * handler that runs holds the drain. Those of Nest's libraries are known.
   *
   * @defaultValue none
   */
  readonly trackHandlers?: readonly HandlerRow[] | undefined;
  /**
   * The source of random numbers in [0, 1), which spreads the announcements over the grace period.
   * Seed it in tests.
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
   * It answers until the process is gone, and never holds it.
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
  given: Partial<GracefulShutdownOptions> = {},
): Omit<ResolvedOptions, 'minGracePeriodMs' | 'maxGracePeriodMs'> {
  const gracePeriodMs = env['KUBERNETES_SERVICE_HOST'] ? KUBERNETES_GRACE_PERIOD_MS : 0;
  const { platformTimeoutSeconds } = given;
  const patience = patienceHere(platformTimeoutSeconds, env);
  return {
    signals: ['SIGTERM', 'SIGINT'],
    ...fitBudget({ ...TIMES, gracePeriodMs }, timesOf(given), patience?.seconds),
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
  const platformTimeoutSeconds = others.platformTimeoutSeconds ?? terminationGracePeriodSeconds;
  const chosen = Object.fromEntries(
    Object.entries({ ...others, platformTimeoutSeconds }).filter(
      ([, value]) => value !== undefined,
    ),
  );
  const options = { ...defaultOptions(env, undefined, chosen), ...chosen };
  const { gracePeriodMs } = options;
  const resolved = { minGracePeriodMs: gracePeriodMs, maxGracePeriodMs: gracePeriodMs, ...options };
  const contradictions = contradictionsIn(resolved);
  if (contradictions.length > 0) throw invalidOptions(contradictions);
  return resolved;
}

function timesOf(given: Partial<GracefulShutdownOptions>): Partial<ShutdownBudget> {
  const names = ['gracePeriodMs', 'drainTimeoutMs', 'closeTimeoutMs'] as const;
  return Object.fromEntries(
    names.filter((name) => given[name] !== undefined).map((name) => [name, given[name]]),
  );
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
    allowed: 'an object with a port from 1 to 65535 (and a host), the path of a file, or both',
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
  const isPort = Number.isInteger(port) && Number(port) >= 1 && Number(port) <= MOST_PORT;
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
