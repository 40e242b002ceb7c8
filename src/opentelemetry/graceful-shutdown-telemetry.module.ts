import { type DynamicModule, Module } from '@nestjs/common';

import { telemetryAlone } from '../graceful-shutdown.errors.js';
import { RESOLVED_OPTIONS, type ResolvedOptions } from '../graceful-shutdown.options.js';
import { Traffic } from '../net/traffic.js';
import { provide } from '../provide.js';
import { ReportPublisher } from '../report/report-publisher.js';
import { ShutdownRecord } from '../report/shutdown-record.js';
import type { Clock } from '../shutdown/clock.js';
import type { ProcessShutdown } from '../shutdown/process-shutdown.js';
import { ShutdownSequence } from '../shutdown/shutdown-sequence.js';
import { CLOCK, PROCESS } from '../surroundings.js';
import { DeferredSignalListeners } from './deferred-signal-listeners.js';
import {
  type GracefulShutdownTelemetryOptions,
  resolveTelemetryOptions,
} from './graceful-shutdown-telemetry.options.js';
import { Telemetry } from './telemetry.js';

/**
 * Metrics and a trace of the shutdown through `@opentelemetry/api`, and a flush at its very end, so
 * that the span of the last request is exported. Imported beside `GracefulShutdownModule`; the SDK
 * is started before the application, as ever.
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
    const needed = [
      RESOLVED_OPTIONS,
      PROCESS,
      ShutdownSequence,
      ShutdownRecord,
      Traffic,
      ReportPublisher,
      CLOCK,
    ].map((token) => ({ token, optional: true }));
    const telemetry = provide(
      Telemetry,
      needed,
      (
        shutdownOptions: ResolvedOptions | undefined,
        process: ProcessShutdown,
        ...shutdown: [ShutdownSequence, ShutdownRecord, Traffic, ReportPublisher, Clock]
      ) => {
        if (shutdownOptions === undefined) throw telemetryAlone();
        const { signals } = shutdownOptions;
        const listeners = new DeferredSignalListeners(
          resolved.deferSignalListeners,
          signals,
          process,
        );
        return new Telemetry(resolved, listeners, ...shutdown);
      },
    );
    return { module: GracefulShutdownTelemetryModule, providers: [telemetry] };
  }
}
