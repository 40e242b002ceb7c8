import type { ModulesContainer } from '@nestjs/core';

import { realTimers } from '../shutdown/real-timers.js';

/**
 * The part of Nest's record of a provider that is used here. Not published, so it is checked before
 * use.
 */
interface Wrapper {
  readonly isTransient?: boolean;
  /** Resolves with the error, if any. The same in 11 and 12. */
  readonly settlementSignal?: { asPromise?(): Promise<unknown> };
}

type Kind = 'providers' | 'injectables' | 'controllers';

/**
 * Calls back when Nest cannot build a part of the application: `NestFactory.create()` then rejects,
 * and nobody gets an application to close. Must be called while Nest builds.
 *
 * @internal
 */
export async function onFailedCreation(
  container: ModulesContainer,
  callback: () => void,
): Promise<void> {
  if (await hasFailed([...container.values()])) callback();
}

/** All providers begin in one turn, the rest of a module once its providers exist. */
async function hasFailed(modules: readonly object[]): Promise<boolean> {
  if (await oneHasFailed(modules, ['providers'])) return true;
  await new Promise<void>((resolve) => realTimers.setImmediate(resolve));
  return oneHasFailed(modules, ['injectables', 'controllers']);
}

function oneHasFailed(modules: readonly object[], kinds: readonly Kind[]): Promise<boolean> {
  const parts = modules.flatMap((module) => kinds.flatMap((kind) => wrappersIn(module, kind)));
  // Nest tolerates the failure of an optional transient provider; one that needs it fails, too.
  const lasting = parts.filter(({ isTransient }) => !isTransient);
  return new Promise((resolve) => {
    const all = lasting.map(async ({ settlementSignal }) => {
      const error = await settlementSignal?.asPromise?.();
      if (error !== undefined) resolve(true);
    });
    void Promise.all(all).then(() => resolve(false));
  });
}

function wrappersIn(
  module: { [K in Kind]?: ReadonlyMap<unknown, Wrapper> },
  kind: Kind,
): Wrapper[] {
  return [...(module[kind]?.values() ?? [])];
}
