import { type MeterProvider, metrics, type TracerProvider, trace } from '@opentelemetry/api';
import { afterEach, describe, expect, it, vi } from 'vitest';

import { flushGlobalProviders } from './global-providers.js';

const LOGS = Symbol.for('io.opentelemetry.js.api.logs');

function provider(forceFlush: () => Promise<void>) {
  return { forceFlush } as object as TracerProvider & MeterProvider;
}

describe('flushGlobalProviders', () => {
  afterEach(() => {
    trace.disable();
    metrics.disable();
    Reflect.deleteProperty(globalThis, LOGS);
  });

  it('does nothing if no SDK is registered', async () => {
    await expect(flushGlobalProviders()).resolves.toBeUndefined();
  });

  it('flushes traces, metrics and logs', async () => {
    const flush = vi.fn<() => Promise<void>>(() => Promise.resolve());
    trace.setGlobalTracerProvider(provider(flush));
    metrics.setGlobalMeterProvider(provider(flush));
    Reflect.set(globalThis, LOGS, () => provider(flush));
    await flushGlobalProviders();
    expect(flush).toHaveBeenCalledTimes(3);
  });

  it('waits for all of them even if one fails, and then throws', async () => {
    let isFlushed = false;
    trace.setGlobalTracerProvider(provider(() => Promise.reject(new Error('refused'))));
    metrics.setGlobalMeterProvider(
      provider(async () => {
        await new Promise((resolve) => setImmediate(resolve));
        isFlushed = true;
      }),
    );
    await expect(flushGlobalProviders()).rejects.toThrow('Telemetry could not be sent');
    expect(isFlushed).toBe(true);
  });
});
