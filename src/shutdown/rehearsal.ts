import { writeFileSync } from 'node:fs';

import type { ShutdownBudget } from './shutdown-budget.js';

/** How `nestjs-drain rehearse` and the service that it has started know of each other. @internal */
export const REHEARSAL_VARIABLES = {
  /** A file for what the module knows of the application. */
  tell: 'NESTJS_DRAIN_REHEARSAL',
  /** Set where the module is to do nothing but what Nest does without it. */
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
    // Who started the rehearsal is gone. The service is no worse for it.
  }
}
