import { invalidOptions } from '../graceful-shutdown.errors.js';
import { duration, type OptionRule, problemsWith } from '../options/option-rules.js';

/** The options of `GracefulShutdownTelemetryModule.forRoot()`. @publicApi */
export interface GracefulShutdownTelemetryOptions {
  /**
   * The time that sending telemetry may take at the very end, in ms. It comes out of
   * `closeTimeoutMs`, of which it may take half, so a collector that is down does not extend the
   * budget.
   *
   * @defaultValue 2000
   */
  readonly flushTimeoutMs?: number | undefined;
  /**
   * The function that sends the telemetry. Set `() => sdk.shutdown()` if you hold the SDK, or its
   * providers are not registered globally.
   *
   * @defaultValue calls `forceFlush()` of the global providers of traces, metrics and logs
   */
  readonly flush?: (() => Promise<unknown>) | undefined;
  /**
   * The signal listeners of other code that are removed at the start of this application, and
   * called when the shutdown is over. A telemetry SDK that shuts down at the signal, as its own
   * docs suggest, loses all spans of the drain.
   *
   * - `telemetry`: those whose source shuts an SDK or a provider down (`sdk.shutdown()`).
   * - `all`: every one but this package's.
   * - `none`: none; a warning names them, as without this module.
   *
   * Listeners that are added after the start are left alone. All are put back after an
   * `app.close()` that does not end the process.
   *
   * @defaultValue `'telemetry'`
   */
  readonly deferSignalListeners?: 'telemetry' | 'all' | 'none' | undefined;
}

/** @internal */
export type DeferredListeners = NonNullable<
  GracefulShutdownTelemetryOptions['deferSignalListeners']
>;

/** @internal */
export interface ResolvedTelemetryOptions {
  readonly flushTimeoutMs: number;
  readonly flush: (() => Promise<unknown>) | undefined;
  readonly deferSignalListeners: DeferredListeners;
}

const DEFAULTS: ResolvedTelemetryOptions = {
  flushTimeoutMs: 2000,
  flush: undefined,
  deferSignalListeners: 'telemetry',
};

const DEFERRED: readonly unknown[] = ['telemetry', 'all', 'none'] satisfies DeferredListeners[];

const RULES: Readonly<Record<keyof GracefulShutdownTelemetryOptions, OptionRule>> = {
  flushTimeoutMs: duration,
  flush: {
    allowed: 'a function that returns a promise',
    accepts: (value) => typeof value === 'function',
  },
  deferSignalListeners: {
    allowed: DEFERRED.join(', '),
    accepts: (value) => DEFERRED.includes(value),
  },
};

/** @internal */
export function resolveTelemetryOptions(
  given: GracefulShutdownTelemetryOptions,
): ResolvedTelemetryOptions {
  const problems = problemsWith(RULES, given);
  if (problems.length > 0) throw invalidOptions(problems, 'GracefulShutdownTelemetryModule');
  const chosen = Object.entries(given).filter(([, value]) => value !== undefined);
  return { ...DEFAULTS, ...Object.fromEntries(chosen) };
}
