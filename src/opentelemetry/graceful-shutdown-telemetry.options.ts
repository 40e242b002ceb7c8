import { invalidOptions } from '../graceful-shutdown.errors.js';
import { duration, type OptionRule, problemsWith } from '../option-rules.js';

/** What `GracefulShutdownTelemetryModule.forRoot()` takes. @publicApi */
export interface GracefulShutdownTelemetryOptions {
  /**
   * How long sending off telemetry may take at the very end, in ms. It comes out of `closeTimeoutMs`,
   * of which it may have half: a collector that is down prolongs no shutdown beyond its promise.
   *
   * @defaultValue 2000
   */
  readonly flushTimeoutMs?: number | undefined;
  /**
   * Sends off what was collected, in place of the default: `() => sdk.shutdown()` where you hold the
   * SDK, or its providers are not registered globally.
   *
   * @defaultValue calls `forceFlush()` of the global providers of traces, metrics and logs
   */
  readonly flush?: (() => Promise<unknown>) | undefined;
  /**
   * Which listeners of others on the signals of this application are taken off at its start, and
   * called when all is over. A telemetry SDK that is shut down on the signal, as in its own docs,
   * loses all spans of the drain.
   *
   * - `telemetry`: those whose source shuts an SDK or a provider down (`sdk.shutdown()`).
   * - `all`: every one but this package's.
   * - `none`: none; they are named in a warning, as without this module.
   *
   * Those that are added after the start are left alone. All are put back after an `app.close()` that
   * does not end the process.
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
