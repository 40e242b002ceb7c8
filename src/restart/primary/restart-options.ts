import { statSync } from 'node:fs';

import {
  duration,
  type OptionRule,
  problemsWith,
  problemWith,
} from '../../options/option-rules.js';
import { GracefulShutdownError } from '../../shutdown/graceful-shutdown.error.js';
import type { RestartHooks } from '../restart-hooks.js';
import { consoleLog, type RestartLog } from './restart-log.js';

/** The options of `GracefulRestart`. Durations are in milliseconds. @publicApi */
export interface GracefulRestartOptions {
  /** The main file of the application. It is looked up anew for each worker, links included. */
  readonly script: string;
  /**
   * The arguments for the application.
   *
   * @defaultValue `[]`
   */
  readonly args?: readonly string[] | undefined;
  /**
   * The number of workers, 1 to 1024.
   *
   * @defaultValue 1
   */
  readonly workers?: number | undefined;
  /**
   * The time that a worker may take to become ready, in ms, more than 0. One that takes longer is
   * killed.
   *
   * @defaultValue 60000
   */
  readonly readyTimeoutMs?: number | undefined;
  /**
   * The path of the readiness route, such as `/health/ready`. A worker accepts no connection before
   * this route answers with a 2xx status.
   *
   * @defaultValue none: a worker is ready once its application has started
   */
  readonly readyPath?: string | undefined;
  /**
   * The time that a new worker must live beside the old one before it serves, in ms.
   *
   * @defaultValue 1000
   */
  readonly soakMs?: number | undefined;
  /**
   * The file for the PID of the primary, from the moment the service is ready until it ends.
   *
   * @defaultValue none
   */
  readonly pidFile?: string | undefined;
  /**
   * The functions to call before and after a reload and a stop.
   *
   * @defaultValue `{}`
   */
  readonly hooks?: RestartHooks | undefined;
  /**
   * The logger of the primary.
   *
   * @defaultValue the console
   */
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

const positive: OptionRule = {
  ...duration,
  allowed: duration.allowed.replace('from 0', 'from 1'),
  accepts: (value) => value !== 0 && duration.accepts(value),
};
const workers: OptionRule = {
  allowed: 'a whole number from 1 to 1024',
  accepts: (value) => Number.isInteger(value) && Number(value) >= 1 && Number(value) <= 1024,
};
const text: OptionRule = {
  allowed: 'a string that is not empty',
  accepts: (value) => typeof value === 'string' && value !== '',
};
const object: OptionRule = {
  allowed: 'an object',
  accepts: (value) => typeof value === 'object' && value !== null,
};

const RULES: Readonly<Record<keyof GracefulRestartOptions, OptionRule>> = {
  script: { allowed: 'the path of a file', accepts: isFile },
  args: { allowed: 'an array', accepts: Array.isArray },
  workers,
  readyTimeoutMs: positive,
  readyPath: {
    allowed: 'a path that begins with /',
    accepts: (value) => typeof value === 'string' && value.startsWith('/'),
  },
  soakMs: duration,
  pidFile: text,
  hooks: object,
  log: object,
};

/** @throws Error with the allowed values @internal */
export function assertWorkers(wanted: number): void {
  const [problem] = problemWith('workers', wanted, workers);
  if (problem !== undefined) throw new Error(problem);
}

/**
 * @throws GracefulShutdownError `ERR_RESTART_INVALID_OPTIONS` that names each wrong option, its
 * value and what is allowed
 * @internal
 */
export function resolveRestartOptions(given: GracefulRestartOptions): ResolvedRestartOptions {
  const missing = given.script === undefined ? problemWith('script', undefined, RULES.script) : [];
  const problems = [...missing, ...problemsWith(RULES, given)];
  if (problems.length > 0) {
    throw new GracefulShutdownError(
      'ERR_RESTART_INVALID_OPTIONS',
      `GracefulRestart has invalid options: ${problems.join('; ')}`,
    );
  }
  return {
    ...given,
    args: given.args ?? [],
    workers: given.workers ?? 1,
    readyTimeoutMs: given.readyTimeoutMs ?? 60_000,
    soakMs: given.soakMs ?? 1000,
    hooks: given.hooks ?? {},
    log: given.log ?? consoleLog,
  };
}

function isFile(value: unknown): boolean {
  return typeof value === 'string' && statSync(value, { throwIfNoEntry: false })?.isFile() === true;
}
