import { metrics, trace } from '@opentelemetry/api';
import type { OnModuleInit } from '@nestjs/common';

import type { Traffic } from '../connections/traffic.js';
import type { ReportPublisher } from '../report/report-publisher.js';
import type { ShutdownRecord } from '../report/shutdown-record.js';
import type { Clock } from '../shutdown/clock.js';
import type { ShutdownSequence } from '../shutdown/shutdown-sequence.js';
import { version } from '../version.js';
import type { DeferredSignalListeners } from './deferred-signal-listeners.js';
import { flushGlobalProviders } from './global-providers.js';
import type { ResolvedTelemetryOptions } from './graceful-shutdown-telemetry.options.js';
import { observeApplication } from './live-metrics.js';
import { measureShutdown } from './shutdown-metrics.js';
import { traceShutdown } from './shutdown-trace.js';

/** The name of the instrumentation scope. */
const SCOPE = 'nestjs-drain';
/** A destroyed socket reports it after two or three turns of the event loop. */
const TURNS_TO_CLOSE = 10;

/**
 * The telemetry of one application.
 *
 * @internal
 */
export class Telemetry implements OnModuleInit {
  constructor(
    private readonly options: ResolvedTelemetryOptions,
    private readonly listeners: DeferredSignalListeners,
    private readonly sequence: ShutdownSequence,
    private readonly record: ShutdownRecord,
    private readonly traffic: Traffic,
    private readonly reports: ReportPublisher,
    private readonly clock: Clock,
  ) {}

  /** Not earlier: the SDK may be started after this module is imported. */
  onModuleInit(): void {
    const { sequence, listeners } = this;
    const stopObserving = observeApplication(
      metrics.getMeter(SCOPE, version()),
      sequence,
      this.traffic,
    );
    listeners.take();
    sequence.addFlush({ timeoutMs: this.options.flushTimeoutMs, run: () => this.#flush() });
    sequence.observe({
      released: () => {
        stopObserving();
        if (!sequence.endsProcess) listeners.putBack();
      },
    });
    this.reports.onReport((report) => listeners.call(report()));
  }

  /** The telemetry of the shutdown is flushed with all the rest. */
  async #flush(): Promise<void> {
    // Waits, so that cut requests have ended their spans and are in the report.
    for (let turn = 0; turn < TURNS_TO_CLOSE; turn++) await this.clock.turn();
    const report = this.record.report()?.();
    if (report !== undefined) {
      measureShutdown(metrics.getMeter(SCOPE, version()), report);
      traceShutdown(trace.getTracer(SCOPE, version()), report);
    }
    await (this.options.flush ?? flushGlobalProviders)();
  }
}
