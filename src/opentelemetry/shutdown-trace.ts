import {
  type Attributes,
  type Context,
  type HrTime,
  ROOT_CONTEXT,
  SpanStatusCode,
  trace,
  type Tracer,
} from '@opentelemetry/api';

import type { ShutdownReport } from '../report/shutdown-report.js';
import { errorOfHook, errorOfShutdown, errorOfState } from './error-type.js';

interface Part {
  readonly name: string;
  /** After the start of the shutdown. */
  readonly atMs: number;
  readonly ms: number;
  readonly attributes: Attributes;
  /** The error, if any. */
  readonly error?: string | undefined;
}

/**
 * The shutdown as a trace, made afterwards: one span for the whole, one for each state, and below
 * `closing` one for each hook of the teardown.
 *
 * @internal
 */
export function traceShutdown(tracer: Tracer, report: ShutdownReport): void {
  const begin = Date.parse(report.startedAt);
  const whole = addSpan(tracer, begin, ROOT_CONTEXT, wholeOf(report));
  let closing = whole;
  for (const state of report.states) {
    const added = addSpan(tracer, begin, whole, {
      name: state.state,
      atMs: state.atMs,
      ms: state.ms,
      attributes: {
        // `closing` is still going on at this point.
        ...(state.state !== 'closing' && { 'nestjs_drain.state.ended_by': state.endedBy }),
        ...errorOfState(state),
      },
      error: state.endedBy === 'timeout' ? 'timed out' : undefined,
    });
    if (state.state === 'closing') closing = added;
  }
  for (const hook of report.hooks) {
    const { name, atMs, ms, outcome } = hook;
    addSpan(tracer, begin, closing, {
      name,
      atMs,
      ms,
      attributes: {
        'nestjs_drain.hook.name': name,
        'nestjs_drain.hook.outcome': outcome,
        ...errorOfHook(hook),
      },
      error: outcome === 'completed' ? undefined : (failureOf(name, report) ?? outcome),
    });
  }
}

/** @returns the context of its children */
function addSpan(tracer: Tracer, begin: number, parent: Context, part: Part): Context {
  const { name, atMs, ms, attributes, error } = part;
  const startTime = timeOf(begin, atMs);
  const span = tracer.startSpan(name, { startTime, attributes }, parent);
  if (error !== undefined) span.setStatus({ code: SpanStatusCode.ERROR, message: error });
  span.end(timeOf(begin, atMs + ms));
  return trace.setSpan(parent, span);
}

/** In whole microseconds: today's time plus a fraction of a ms is not exact as a number. */
function timeOf(begin: number, atMs: number): HrTime {
  const us = begin * 1000 + Math.round(atMs * 1000);
  return [Math.floor(us / 1_000_000), (us % 1_000_000) * 1000];
}

function wholeOf(report: ShutdownReport): Part {
  const { trigger, result, budget, requests, connections, newConnections, advice } = report;
  const failures = report.failures.map(({ where, message }) => `${where}: ${message}`).join('; ');
  return {
    name: 'shutdown',
    atMs: 0,
    // The clock was read separately for each, so the last state may end a moment later.
    ms: Math.max(report.totalMs, ...report.states.map(({ atMs, ms }) => atMs + ms)),
    attributes: {
      'nestjs_drain.shutdown.trigger': trigger.kind,
      ...(trigger.signal !== undefined && { 'nestjs_drain.shutdown.signal': trigger.signal }),
      ...(trigger.reason !== undefined && { 'nestjs_drain.shutdown.reason': trigger.reason }),
      'nestjs_drain.shutdown.result': result,
      'nestjs_drain.shutdown.budget': budget.totalMs / 1000,
      'nestjs_drain.shutdown.requests.completed': requests.completed,
      'nestjs_drain.shutdown.requests.late': requests.late,
      'nestjs_drain.shutdown.requests.aborted': requests.aborted,
      'nestjs_drain.shutdown.requests.cut': requests.cut,
      'nestjs_drain.shutdown.connections.at_start': connections.atStart,
      'nestjs_drain.shutdown.new_connections': newConnections.count,
      ...(advice.length > 0 && { 'nestjs_drain.shutdown.advice': [...advice] }),
      ...errorOfShutdown(report),
    },
    error: result === 'clean' ? undefined : failures || result,
  };
}

function failureOf(hook: string, { failures }: ShutdownReport): string | undefined {
  return failures.find(({ where }) => where === hook)?.message;
}
