import { type DynamicModule, Module } from '@nestjs/common';

import { Traffic } from '../connections/traffic.js';
import { notImported } from '../graceful-shutdown.errors.js';
import { RESOLVED_OPTIONS } from '../options/resolve-options.js';
import { ReportPublisher } from '../report/report-publisher.js';
import { ShutdownRecord } from '../report/shutdown-record.js';
import { ShutdownSequence } from '../shutdown/shutdown-sequence.js';
import { Parts } from '../wiring/parts.js';
import { CLOCK, PROCESS } from '../wiring/surroundings.js';
import { DeferredSignalListeners } from './deferred-signal-listeners.js';
import {
  type GracefulShutdownTelemetryOptions,
  type ResolvedTelemetryOptions,
  resolveTelemetryOptions,
} from './graceful-shutdown-telemetry.options.js';
import { Telemetry } from './telemetry.js';

/**
 * The module that adds metrics and a trace of the shutdown through `@opentelemetry/api`, and a
 * flush at the very end, so that the span of the last request is exported. Import it beside
 * `GracefulShutdownModule`, and start the SDK before the application, as usual.
 *
 * @example
 * ```ts
 * import { GracefulShutdownTelemetryModule } from 'nestjs-drain/opentelemetry';
 *
 * @Module({
 *   imports: [GracefulShutdownModule.forRoot(), GracefulShutdownTelemetryModule.forRoot()],
 * })
 * export class AppModule {}
 * ```
 *
 * @publicApi
 */
@Module({})
export class GracefulShutdownTelemetryModule {
  /**
   * Imports the module with these options, or with the defaults.
   *
   * @throws GracefulShutdownError `ERR_SHUTDOWN_INVALID_OPTIONS`, at once;
   * `ERR_SHUTDOWN_NOT_IMPORTED` at the start of an application without `GracefulShutdownModule`
   */
  static forRoot(options: GracefulShutdownTelemetryOptions = {}): DynamicModule {
    const resolved = resolveTelemetryOptions(options);
    return {
      module: GracefulShutdownTelemetryModule,
      providers: [
        {
          provide: Telemetry,
          // Optional, so that an application without GracefulShutdownModule gets an error that
          // says so.
          inject: [{ token: Parts, optional: true }],
          useFactory: (made: Parts | undefined) => telemetryOf(resolved, made),
        },
      ],
    };
  }
}

function telemetryOf(options: ResolvedTelemetryOptions, made: Parts | undefined): Telemetry {
  if (made === undefined) throw notImported('GracefulShutdownTelemetryModule');
  const { signals } = made.get(RESOLVED_OPTIONS);
  const { deferSignalListeners } = options;
  return new Telemetry(
    options,
    new DeferredSignalListeners(deferSignalListeners, signals, made.get(PROCESS)),
    made.get(ShutdownSequence),
    made.get(ShutdownRecord),
    made.get(Traffic),
    made.get(ReportPublisher),
    made.get(CLOCK),
  );
}
