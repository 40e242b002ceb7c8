import type {
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
} from '../../report/shutdown-report.js';
import { amount, list, number, oneOf, optional, record, text, truth } from './shape.js';

const ENDED_BY = ['elapsed', 'quiet', 'done', 'timeout', 'signal', 'exit'];

const outcome = oneOf('completed', 'aborted', 'cut', 'failed');

const request = record<ReportedRequest>({
  label: text,
  atMs: number,
  ms: amount,
  isOlder: optional(truth),
  outcome,
});

/**
 * The shape of version 2; version 1 is converted first. The type makes sure that no field is
 * missing.
 *
 * @internal
 */
export const REPORT_SHAPE = record<ShutdownReport>({
  version: oneOf(1, 2),
  pid: amount,
  origin: optional(
    record<ReportedOrigin>({ host: text, service: optional(text), version: optional(text) }),
  ),
  startedAt: text,
  trigger: record<ReportedTrigger>({
    kind: oneOf('signal', 'request', 'restart', 'crash', 'close'),
    signal: optional(text),
    typed: optional(truth),
    reason: optional(text),
  }),
  result: oneOf('clean', 'forced', 'failed'),
  exitCode: optional(number),
  totalMs: amount,
  budget: record<ReportedBudget>({
    gracePeriodMs: amount,
    drainTimeoutMs: amount,
    closeTimeoutMs: amount,
    totalMs: amount,
  }),
  states: list(
    record<ReportedState>({
      state: oneOf('grace', 'draining', 'forcing', 'closing'),
      atMs: number,
      ms: amount,
      endedBy: oneOf(...ENDED_BY),
    }),
  ),
  requests: record<ReportedRequests>({
    atStart: amount,
    received: amount,
    late: amount,
    completed: amount,
    aborted: amount,
    cut: amount,
    slowest: list(request),
  }),
  connections: record<ReportedConnections>({
    atStart: amount,
    closedBy: record<ReportedConnections['closedBy']>({
      announced: amount,
      idle: amount,
      peer: amount,
      cut: amount,
    }),
    left: amount,
    dropped: optional(amount),
  }),
  newConnections: record<ReportedNewConnections>({
    count: amount,
    lastAtMs: optional(number),
    late: amount,
    lateClients: optional(list(text)),
  }),
  probes: record<ReportedProbes>({
    answered: amount,
    failing: amount,
    lastAtMs: optional(number),
  }),
  participants: list(
    record<ReportedParticipant>({
      name: text,
      atStart: amount,
      cut: amount,
      summary: optional(text),
    }),
  ),
  hooks: list(
    record<ReportedHook>({
      name: text,
      atMs: number,
      ms: amount,
      outcome,
    }),
  ),
  failures: list(record<ReportedFailure>({ where: text, message: text })),
  heldBy: list(text),
  foreignListeners: list(text),
  flush: optional(record<ReportedFlush>({ outcome, ms: amount })),
  samples: list(
    record<ReportedSample>({
      atMs: number,
      inFlight: amount,
      connections: amount,
      received: amount,
    }),
  ),
  advice: list(text),
});
