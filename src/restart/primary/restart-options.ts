import { statSync } from 'node:fs';
import { inspect } from 'node:util';

import { GracefulShutdownError } from '../../shutdown/graceful-shutdown.error.js';
import type { RestartHooks } from '../restart-hooks.js';
import { consoleLog, type RestartLog } from './restart-log.js';

/**
 * All durations are in milliseconds.
 *
 * @publicApi
 */
export interface GracefulRestartOptions {
  /** The application's main file; looked up anew for each worker, links included. */
  readonly script: string;
  /**
   * Arguments for the application.
   *
   * @defaultValue `[]`
   */
  readonly args?: readonly string[] | undefined;
  /**
   * How many processes serve.
   *
   * @defaultValue 1
   */
  readonly workers?: number | undefined;
  /**
   * How long a worker may take to become ready. One that takes longer is killed.
   *
   * @defaultValue 60000
   */
  readonly readyTimeoutMs?: number | undefined;
  /**
   * The path of the readiness check, such as `/health/ready`. A worker accepts no connection before
   * this route answers with a 2xx status.
   *
   * @defaultValue none: a worker is ready once its application has started
   */
  readonly readyPath?: string | undefined;
  /**
   * How long a new worker must live beside the old one before that one leaves.
   *
   * @defaultValue 1000
   */
  readonly soakMs?: number | undefined;
  /**
   * A file for the PID of the primary, there once the service is ready and until it ends.
   *
   * @defaultValue none
   */
  readonly pidFile?: string | undefined;
  /** @defaultValue `{}` */
  readonly hooks?: RestartHooks | undefined;
  /** @defaultValue the console */
  readonly log?: RestartLog | undefined;
}

/** @internal */
export interface ResolvedRestartOptions extends GracefulRestartOptions {
  readonly args: readonly string[];
  readonly workers: number;
  readonly readyTimeoutMs: number;
  readonly soakMs: number;
  readonly hooks: RestartHooks;
  readonly log: RestartLog;
}

const LONGEST_MS = 86_400_000;

interface Rule {
  readonly allowed: string;
  accepts(value: unknown): boolean;
}

const duration: Rule = {
  allowed: `a whole number of milliseconds from 0 to ${LONGEST_MS}`,
  accepts: (value) => Number.isInteger(value) && Number(value) >= 0 && Number(value) <= LONGEST_MS,
};
const WORKERS = {
  allowed: 'a whole number from 1 to 1024',
  accepts: (value: unknown) =>
    Number.isInteger(value) && Number(value) >= 1 && Number(value) <= 1024,
};
const text: Rule = {
  allowed: 'a text that is not empty',
  accepts: (value) => typeof value === 'string' && value !== '',
};
const object: Rule = {
  allowed: 'an object',
  accepts: (value) => typeof value === 'object' && value !== null,
};

const RULES: Readonly<Record<keyof GracefulRestartOptions, Rule>> = {
  script: { allowed: 'the path of a file', accepts: isFile },
  args: { allowed: 'an array', accepts: Array.isArray },
  workers: WORKERS,
  readyTimeoutMs: duration,
  readyPath: {
    allowed: 'a path that begins with /',
    accepts: (value) => typeof value === 'string' && value.startsWith('/'),
  },
  soakMs: duration,
  pidFile: text,
  hooks: object,
  log: object,
};

/** @throws Error that says what is allowed @internal */
export function assertWorkers(workers: unknown): void {
  const { allowed, accepts } = WORKERS;
  if (!accepts(workers)) throw new Error(`workers is ${inspect(workers)}, allowed is ${allowed}`);
}

/**
 * @throws GracefulShutdownError `ERR_RESTART_INVALID_OPTIONS` that names each wrong option, its
 * value and what is allowed
 * @internal
 */
export function resolveRestartOptions(given: GracefulRestartOptions): ResolvedRestartOptions {
  const chosen = Object.entries(given).filter(([, value]) => value !== undefined);
  if (given.script === undefined) chosen.push(['script', undefined]);
  const problems = chosen.flatMap(([name, value]) => {
    if (!Object.hasOwn(RULES, name)) return [`unknown option ${name}`];
    const rule = RULES[name as keyof GracefulRestartOptions];
    return rule.accepts(value) ? [] : [`${name} is ${inspect(value)}, allowed is ${rule.allowed}`];
  });
  if (problems.length > 0) {
    throw new GracefulShutdownError(
      'ERR_RESTART_INVALID_OPTIONS',
      `GracefulRestart has invalid options: ${problems.join('; ')}`,
    );
  }
  const { args = [], workers = 1, readyTimeoutMs = 60_000, soakMs = 1000 } = given;
  const { hooks = {}, log = consoleLog } = given;
  return { ...given, args, workers, readyTimeoutMs, soakMs, hooks, log };
}

function isFile(value: unknown): boolean {
  return typeof value === 'string' && statSync(value, { throwIfNoEntry: false })?.isFile() === true;
}
