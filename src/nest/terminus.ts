import type { BuiltProvider } from './built-provider.js';
import { hasMethod } from './built-provider.js';
import { injectedTokens } from './injected-tokens.js';

/** The token of the options of terminus. */
const OPTIONS = 'TERMINUS:MODULE_OPTIONS';

/**
 * How long terminus sleeps after a SIGTERM, in ms: the longest if it is imported several times, 0
 * if it does not.
 *
 * @internal
 */
export function terminusTimeoutMs(providers: readonly BuiltProvider[]): number {
  const options = providers.filter(({ token }) => token === OPTIONS);
  if (options.length === 0 || !providers.some(sleepsAtSigterm)) return 0;
  return Math.max(0, ...options.map(({ instance }) => timeoutMsIn(instance)));
}

/**
 * Whether this is the provider that sleeps. It is not published, so it is recognised by what it
 * injects.
 *
 * @internal
 */
export function sleepsAtSigterm({ type }: BuiltProvider): boolean {
  return (
    type !== undefined &&
    hasMethod(type, 'beforeApplicationShutdown') &&
    injectedTokens(type).includes(OPTIONS)
  );
}

function timeoutMsIn(options: { readonly gracefulShutdownTimeoutMs?: unknown }): number {
  const { gracefulShutdownTimeoutMs: timeoutMs } = options;
  return typeof timeoutMs === 'number' ? timeoutMs : 0;
}
