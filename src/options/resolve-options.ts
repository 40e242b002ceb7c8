import { isatty } from 'node:tty';

import { invalidOptions, missingOptions } from '../graceful-shutdown.errors.js';
import type { GracefulShutdownOptions } from '../graceful-shutdown.options.js';
import { fitBudget } from '../platforms/fit-budget.js';
import { patienceHere } from '../platforms/patience.js';
import type { ShutdownBudget } from '../shutdown/shutdown-budget.js';
import { token } from '../wiring/token.js';
import { contradictionsIn, OPTION_RULES } from './allowed-options.js';
import { problemsWith, readOptions } from './option-rules.js';

/** Options that may be undefined once resolved. */
type Optional = 'probes' | 'service' | 'reportFile' | 'terminationLog' | 'platformTimeoutSeconds';
/** An older name, which is resolved to the newer one. */
type Alias = 'terminationGracePeriodSeconds';

/** The options, with their defaults. @internal */
export type ResolvedOptions = {
  readonly [Name in Exclude<keyof GracefulShutdownOptions, Optional | Alias>]-?: NonNullable<
    GracefulShutdownOptions[Name]
  >;
} & { readonly [Name in Optional]: GracefulShutdownOptions[Name] };

/** The token of the options in force. @internal */
export const RESOLVED_OPTIONS = token<ResolvedOptions>('nestjs-drain:options');

const STANDARD_OUTPUT = 1;
const KUBERNETES_GRACE_PERIOD_MS = 5000;
const TIMES = { drainTimeoutMs: 20_000, closeTimeoutMs: 4000 };
const TERMINATION_LOG = '/dev/termination-log';

/** The defaults, without those that another option gives. @internal */
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
    stopConsumers: 'auto',
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
  const isObject = typeof given === 'object' && given !== null;
  if (!isObject || Array.isArray(given) || given instanceof Promise) throw missingOptions(given);
  const read = readOptions(given);
  const problems = problemsWith(OPTION_RULES, read);
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

/** Whether the grace period may end early or be extended. @internal */
export function isGraceAdaptive(options: ResolvedOptions): boolean {
  const { gracePeriodMs, minGracePeriodMs, maxGracePeriodMs } = options;
  return gracePeriodMs > 0 && minGracePeriodMs < maxGracePeriodMs;
}
