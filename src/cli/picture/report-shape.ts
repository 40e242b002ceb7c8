import type {
  ReportedBudget,
  ReportedConnections,
  ReportedFailure,
  ReportedFlush,
  ReportedHook,
  ReportedNewConnections,
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

const ENDS = ['elapsed', 'quiet', 'done', 'timeout', 'signal', 'exit'];

const request = record<ReportedRequest>({
  label: text,
  startMs: number,
  ms: amount,
  outcome: oneOf('completed', 'aborted', 'cut'),
});

/** Version 1 of the format. TypeScript sees to it that no field is forgotten. @internal */
export const REPORT_SHAPE = record<ShutdownReport>({
  version: oneOf(1),
  pid: amount,
  startedAt: text,
  trigger: record<ReportedTrigger>({
    kind: oneOf('signal', 'request', 'restart', 'crash', 'close'),
    signal: optional(text),
    typed: optional(truth),
    reason: optional(text),
  }),
  outcome: oneOf('clean', 'forced', 'failed'),
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
      startMs: number,
      ms: amount,
      endedBy: oneOf(...ENDS),
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
      told: amount,
      idle: amount,
      peer: amount,
      cut: amount,
    }),
    left: amount,
    dropped: optional(amount),
  }),
  newConnections: record<ReportedNewConnections>({
    count: amount,
    lastOffsetMs: optional(number),
    late: amount,
    lateClients: optional(list(text)),
  }),
  probes: record<ReportedProbes>({
    answered: amount,
    failing: amount,
    lastOffsetMs: optional(number),
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
      startMs: number,
      ms: amount,
      status: oneOf('done', 'failed', 'unfinished'),
    }),
  ),
  failures: list(record<ReportedFailure>({ where: text, message: text })),
  heldBy: list(text),
  foreignListeners: list(text),
  flush: optional(record<ReportedFlush>({ flushed: truth, ms: amount })),
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
