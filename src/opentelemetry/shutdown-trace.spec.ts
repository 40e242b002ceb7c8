import { SpanStatusCode } from '@opentelemetry/api';
import {
  BasicTracerProvider,
  InMemorySpanExporter,
  type ReadableSpan,
  SimpleSpanProcessor,
} from '@opentelemetry/sdk-trace-base';
import { describe, expect, it } from 'vitest';

import type { ShutdownReport } from '../report/shutdown-report.js';
import { traceShutdown } from './shutdown-trace.js';

const clean: ShutdownReport = {
  version: 2,
  pid: 1,
  startedAt: '2026-01-01T00:00:00.000Z',
  trigger: { kind: 'signal', signal: 'SIGTERM' },
  result: 'clean',
  totalMs: 3000,
  budget: { gracePeriodMs: 1000, drainTimeoutMs: 2000, closeTimeoutMs: 1000, totalMs: 4000 },
  states: [
    { state: 'grace', atMs: 0, ms: 1000, endedBy: 'elapsed' },
    { state: 'draining', atMs: 1000, ms: 1500, endedBy: 'done' },
    { state: 'closing', atMs: 2500, ms: 501, endedBy: 'exit' },
  ],
  requests: { atStart: 1, received: 2, late: 1, completed: 2, aborted: 1, cut: 0, slowest: [] },
  connections: { atStart: 2, closedBy: { announced: 1, idle: 1, peer: 0, cut: 0 }, left: 0 },
  newConnections: { count: 1, lastAtMs: 200, late: 0 },
  probes: { answered: 0, failing: 0 },
  participants: [],
  hooks: [{ name: 'Pool.onModuleDestroy', atMs: 2600, ms: 100, outcome: 'completed' }],
  failures: [],
  heldBy: [],
  foreignListeners: [],
  samples: [],
  advice: [],
};

function traced(report: Partial<ShutdownReport>): (name: string) => ReadableSpan {
  const exporter = new InMemorySpanExporter();
  const provider = new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] });
  traceShutdown(provider.getTracer('test'), { ...clean, ...report });
  return (name) => exporter.getFinishedSpans().find((span) => span.name === name)!;
}

const idOf = (span: ReadableSpan) => span.spanContext().spanId;

describe('traceShutdown', () => {
  it('has the times of the report, with states below the root span and hooks below closing', () => {
    const span = traced({});
    const begin = Date.parse(clean.startedAt) / 1000;
    expect(span('shutdown').startTime).toEqual([begin, 0]);
    expect(span('draining').startTime).toEqual([begin + 1, 0]);
    expect(span('draining').duration).toEqual([1, 500_000_000]);
    expect(span('shutdown').parentSpanContext).toBeUndefined();
    expect(span('grace').parentSpanContext?.spanId).toBe(idOf(span('shutdown')));
    expect(span('Pool.onModuleDestroy').parentSpanContext?.spanId).toBe(idOf(span('closing')));
    expect(span('shutdown').status.code).toBe(SpanStatusCode.UNSET);
  });

  it('does not end before its last state', () => {
    expect(traced({})('shutdown').duration).toEqual([3, 1_000_000]);
  });

  it('says why a state ended', () => {
    const span = traced({});
    expect(span('grace').attributes['nestjs_drain.state.ended_by']).toBe('elapsed');
    expect(span('closing').attributes).toEqual({});
  });

  it('names what failed', () => {
    const span = traced({
      result: 'failed',
      hooks: [{ name: 'Pool.onModuleDestroy', atMs: 2600, ms: 100, outcome: 'failed' }],
      failures: [{ where: 'Pool.onModuleDestroy', message: 'no pool' }],
    });
    expect(span('shutdown').status).toEqual({
      code: SpanStatusCode.ERROR,
      message: 'Pool.onModuleDestroy: no pool',
    });
    expect(span('Pool.onModuleDestroy').status.message).toBe('no pool');
    expect(span('shutdown').attributes['error.type']).toBe('_OTHER');
  });

  it.each([
    ['crash', { trigger: { kind: 'crash' }, result: 'failed' }],
    ['signal', { result: 'forced' }],
    [
      'drain_timeout',
      {
        result: 'forced',
        states: [{ state: 'draining', atMs: 0, ms: 2000, endedBy: 'timeout' }],
      },
    ],
    [
      'hook_timeout',
      {
        result: 'failed',
        hooks: [{ name: 'Pool.onModuleDestroy', atMs: 0, ms: 9, outcome: 'cut' }],
      },
    ],
  ] as const)('has an error of type %s', (type, report) => {
    expect(traced(report)('shutdown').attributes['error.type']).toBe(type);
  });
});
