import * as api from '@opentelemetry/api';

/** Where `@opentelemetry/api-logs` keeps its provider. Version 1.10 of the API includes logs. */
const LOGS = Symbol.for('io.opentelemetry.js.api.logs');
const LOGS_VERSION = 1;

/** A provider of the SDK. The API's no-op provider cannot be flushed. */
interface Flushable {
  forceFlush?(): Promise<void>;
  /** A proxy stands for a provider that is registered later. */
  getDelegate?(): Flushable;
}

/**
 * Flushes the global providers of traces, metrics and logs.
 *
 * @throws AggregateError if some could not be flushed, after all have been tried
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
