import { writeFileSync } from 'node:fs';

import type { ShutdownBudget } from './shutdown-budget.js';

/**
 * The environment variables by which `nestjs-drain rehearse` talks to the service it has started.
 *
 * @internal
 */
export const REHEARSAL_VARIABLES = {
  /** A file for what the module knows of the application. */
  tell: 'NESTJS_DRAIN_REHEARSAL',
  /** Set if the module is to do nothing, so that Nest acts as without it. */
  plain: 'NESTJS_DRAIN_REHEARSAL_PLAIN',
} as const;

/** @internal */
export interface RehearsedApplication {
  readonly pid: number;
  readonly budget: ShutdownBudget;
  /** Of GET, without parameters. */
  readonly paths: readonly string[];
}

/** @internal */
export function isRehearsedPlain(env: NodeJS.ProcessEnv = process.env): boolean {
  return env[REHEARSAL_VARIABLES.plain] === '1';
}

/** Tells a rehearsal, if there is one, of the application. @internal */
export function tellRehearsal(
  application: () => RehearsedApplication,
  env: NodeJS.ProcessEnv = process.env,
): void {
  const file = env[REHEARSAL_VARIABLES.tell];
  if (!file) return;
  try {
    writeFileSync(file, JSON.stringify(application()));
  } catch {
    // The rehearsal has ended, which does not matter to the service.
  }
}
