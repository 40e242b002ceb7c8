import type { Meter } from '@opentelemetry/api';

import type { ShutdownReport } from '../report/shutdown-report.js';
import { errorOfHook, errorOfShutdown, errorOfState } from './error-type.js';

/**
 * From imperceptible to beyond the 30 s of Kubernetes, in seconds; the defaults of the SDK suit ms.
 */
const BUCKETS = [0.01, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 7.5, 10, 15, 20, 25, 30, 60, 120, 300];

/** Records, once, what happened during a shutdown. @internal */
export function measureShutdown(meter: Meter, report: ShutdownReport): void {
  measureTimes(meter, report);
  countRequests(meter, report);
  countConnections(meter, report);
}

function measureTimes(meter: Meter, report: ShutdownReport): void {
  const histogram = (name: string, description: string) =>
    meter.createHistogram(`nestjs_drain.shutdown.${name}`, {
      unit: 's',
      description,
      advice: { explicitBucketBoundaries: BUCKETS },
    });
  histogram('duration', 'From what began the shutdown to the flush of telemetry.').record(
    report.totalMs / 1000,
    {
      'nestjs_drain.shutdown.trigger': report.trigger.kind,
      'nestjs_drain.shutdown.result': report.result,
      ...errorOfShutdown(report),
    },
  );
  const states = histogram('state.duration', 'How long each state lasted.');
  for (const state of report.states) {
    states.record(state.ms / 1000, {
      'nestjs_drain.shutdown.state': state.state,
      ...errorOfState(state),
    });
  }
  const hooks = histogram('hook.duration', 'How long each hook of the teardown took.');
  for (const hook of report.hooks) {
    hooks.record(hook.ms / 1000, {
      'nestjs_drain.hook.name': hook.name,
      'nestjs_drain.hook.outcome': hook.outcome,
      ...errorOfHook(hook),
    });
  }
}

/** Each request has exactly one outcome, so that outcomes add up; lateness is not one. */
function countRequests(meter: Meter, { requests }: ShutdownReport): void {
  const counter = meter.createCounter('nestjs_drain.shutdown.requests', {
    unit: '{request}',
    description: 'Requests that ended during the shutdown.',
  });
  const { completed, aborted, cut } = requests;
  for (const [outcome, count] of Object.entries({ completed, aborted, cut })) {
    counter.add(count, { 'nestjs_drain.request.outcome': outcome });
  }
  meter
    .createCounter('nestjs_drain.shutdown.late_requests', {
      unit: '{request}',
      description: 'Requests that came after the grace period.',
    })
    .add(requests.late);
}

function countConnections(meter: Meter, report: ShutdownReport): void {
  const { connections, newConnections } = report;
  const closed = meter.createCounter('nestjs_drain.shutdown.connections', {
    unit: '{connection}',
    description: 'Connections that were closed during the shutdown.',
  });
  for (const [closedBy, count] of Object.entries(connections.closedBy)) {
    closed.add(count, { 'nestjs_drain.connection.closed_by': closedBy });
  }
  meter
    .createCounter('nestjs_drain.shutdown.late_connections', {
      unit: '{connection}',
      description: 'New connections in the last fifth of the grace period, or after it.',
    })
    .add(newConnections.late);
  const { lastAtMs } = newConnections;
  if (lastAtMs === undefined) return;
  meter
    .createGauge('nestjs_drain.shutdown.last_connection.at', {
      unit: 's',
      description: 'How long after the beginning of the shutdown the last new connection came.',
    })
    .record(lastAtMs / 1000);
}
