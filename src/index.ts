/**
 * Graceful shutdown for NestJS: the module, what an application may ask of it, and what it reports.
 *
 * @module nestjs-drain
 */

export { GracefulShutdownModule } from './graceful-shutdown.module.js';
export type {
  GracefulShutdownOptions,
  ProbeOptions,
  ServiceIdentity,
} from './graceful-shutdown.options.js';
export { GracefulShutdownService } from './graceful-shutdown.service.js';
export { GracefulShutdownHealthIndicator } from './health/graceful-shutdown.health.js';
export type { ClosedBy, Protocol } from './connections/traffic.js';
export { DrainParticipant } from './participants/declared/declared-participants.js';
export type { ShutdownDiagnostics } from './report/diagnostics.js';
export type {
  ReportedBudget,
  ReportedConnections,
  ReportedFailure,
  ReportedFlush,
  ReportedHook,
  ReportedNewConnections,
  ReportedOrigin,
  ReportedParticipant,
  ReportedProbes,
  ReportedRequest,
  ReportedRequests,
  ReportedSample,
  ReportedState,
  ReportedTrigger,
  ShutdownReport,
} from './report/shutdown-report.js';
export { LongLived, type LongLivedResponse } from './routes/long-lived.decorator.js';
export type { DrainTask } from './shutdown/drain-participant.js';
export { GracefulShutdownError } from './shutdown/graceful-shutdown.error.js';
export type { Outcome } from './shutdown/outcome.js';
export type { ShutdownState, EndedBy } from './shutdown/shutdown-state.js';
export { DeadlineSignal } from './handlers/deadline-signal.decorator.js';
export { GracefulShutdownInterceptor } from './handlers/graceful-shutdown.interceptor.js';
export type { HandlerRow } from './handlers/handler-row.js';
export { TrackInFlight } from './handlers/track-in-flight.decorator.js';
