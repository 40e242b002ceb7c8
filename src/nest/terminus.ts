import type { BuiltProvider } from './built-provider.js';
import { hasMethod } from './built-provider.js';
import { injectedTokens } from './injected-tokens.js';

/** The token of the options of terminus. */
const OPTIONS = 'TERMINUS:MODULE_OPTIONS';

/**
 * How long terminus is told to sleep when it sees a SIGTERM, the longest where it is imported more
 * than once; 0 where it does not.
 *
 * @internal
 */
export function terminusTimeoutMs(providers: readonly BuiltProvider[]): number {
  if (!providers.some(sleepsAtSigterm)) return 0;
  const options = providers.filter(({ token }) => token === OPTIONS);
  return Math.max(0, ...options.map(({ instance }) => timeoutMsIn(instance)));
}

/** Whether this is the provider that sleeps: not published, it is known by what it injects. @internal */
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
