import type { ModulesContainer } from '@nestjs/core';

import { realTimers } from '../shutdown/real-timers.js';

/** Of what Nest knows of a provider. Not published, therefore looked for before use. */
interface Wrapper {
  readonly isTransient?: boolean;
  /** Resolves with the error, if there was any. The same in 11 and 12. */
  readonly settlementSignal?: { asPromise?(): Promise<unknown> };
}

type Kind = 'providers' | 'injectables' | 'controllers';

/**
 * Calls back when Nest cannot build a part of the application: `NestFactory.create()` is rejected
 * then, and nobody gets an application that could be closed. To be called while Nest builds.
 *
 * @internal
 */
export async function onFailedCreation(
  container: ModulesContainer,
  callback: () => void,
): Promise<void> {
  if (await hasFailed([...container.values()])) callback();
}

/** Providers are all begun in one turn; the rest of a module once its providers are there. */
async function hasFailed(modules: readonly object[]): Promise<boolean> {
  if (await oneHasFailed(modules, ['providers'])) return true;
  await new Promise<void>((resolve) => realTimers.setImmediate(resolve));
  return oneHasFailed(modules, ['injectables', 'controllers']);
}

function oneHasFailed(modules: readonly object[], kinds: readonly Kind[]): Promise<boolean> {
  const parts = modules.flatMap((module) => kinds.flatMap((kind) => wrappersIn(module, kind)));
  // Nest forgives a transient one that is optional; whoever needs it fails, too.
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
