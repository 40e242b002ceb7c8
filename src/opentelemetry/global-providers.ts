import * as api from '@opentelemetry/api';

/** Where `@opentelemetry/api-logs` keeps its provider; version 1.10 of the API has logs of its own. */
const LOGS = Symbol.for('io.opentelemetry.js.api.logs');
const LOGS_VERSION = 1;

/** A provider of the SDK; what the API has without one cannot be flushed. */
interface Flushable {
  forceFlush?(): Promise<void>;
  /** A proxy stands for the provider that comes later. */
  getDelegate?(): Flushable;
}

/**
 * Sends off what the providers hold that are registered globally: traces, metrics, logs.
 *
 * @throws AggregateError if some of it could not be sent; all has been tried by then
 * @internal
 */
export async function flushGlobalProviders(): Promise<void> {
  const providers = [
    api.trace.getTracerProvider(),
    api.metrics.getMeterProvider(),
    ...loggerProviders(),
  ] as readonly Flushable[];
  const flushes = providers.map(async (provider) => {
    await (provider.getDelegate?.() ?? provider).forceFlush?.();
  });
  const results = await Promise.allSettled(flushes);
  const failed = results.filter(({ status }) => status === 'rejected');
  if (failed.length > 0) throw new AggregateError(failed, 'Telemetry could not be sent');
}

function loggerProviders(): object[] {
  const { logs } = api as { logs?: { getLoggerProvider(): object } };
  const registered = (globalThis as { [LOGS]?: (version: number) => object })[LOGS];
  const providers = [logs?.getLoggerProvider(), registered?.(LOGS_VERSION)];
  return [...new Set(providers)].filter((provider) => provider !== undefined);
}
