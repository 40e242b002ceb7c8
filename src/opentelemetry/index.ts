/**
 * Metrics and a trace of the shutdown, and a flush that comes last.
 *
 * @module nestjs-drain/opentelemetry
 */

export { GracefulShutdownError } from '../shutdown/graceful-shutdown.error.js';
export { GracefulShutdownTelemetryModule } from './graceful-shutdown-telemetry.module.js';
export type { GracefulShutdownTelemetryOptions } from './graceful-shutdown-telemetry.options.js';
