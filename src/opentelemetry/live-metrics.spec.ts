import {
  AggregationTemporality,
  InMemoryMetricExporter,
  MeterProvider,
  PeriodicExportingMetricReader,
} from '@opentelemetry/sdk-metrics';
import { describe, expect, it, vi } from 'vitest';

import { Traffic } from '../connections/traffic.js';
import type { ParticipantState } from '../shutdown/drain.js';
import { observeApplication } from './live-metrics.js';

const participant = (name: string, active: number) => ({
  name,
  active,
  cut: 0,
  summary: undefined,
});

describe('observeApplication', () => {
  const exporter = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE);
  const reader = new PeriodicExportingMetricReader({ exporter });
  const provider = new MeterProvider({ readers: [reader] });
  const traffic = new Traffic();
  traffic.add({ protocol: 'http/1.1', connectionCount: 5, busyCount: 2, requestCount: 2 });
  traffic.add({ protocol: 'h2', connectionCount: 1, busyCount: 1, requestCount: 9 });
  const sequence = {
    state: 'grace' as const,
    participants: vi.fn<() => ParticipantState[]>(() => [
      participant('http', 2),
      participant('jobs', 3),
      participant('jobs', 4),
    ]),
  };

  async function points(metric: string) {
    exporter.reset();
    await reader.forceFlush();
    return exporter
      .getMetrics()
      .flatMap(({ scopeMetrics }) => scopeMetrics.flatMap(({ metrics }) => metrics))
      .filter(({ descriptor }) => descriptor.name === `nestjs_drain.${metric}`)
      .flatMap(({ dataPoints }) =>
        dataPoints.map(({ attributes, value }) => [...Object.values(attributes), value]),
      );
  }

  it('measures state, tasks and connections until it is stopped', async () => {
    const stop = observeApplication(provider.getMeter('test'), sequence, traffic);
    expect(await points('lifecycle.status')).toEqual([
      ['running', 0],
      ['grace', 1],
      ['draining', 0],
      ['forcing', 0],
      ['closing', 0],
      ['closed', 0],
    ]);
    expect(await points('task.in_flight')).toEqual([
      ['http', 2],
      ['jobs', 7],
    ]);
    expect(await points('connection.open')).toEqual([
      ['http', '1.1', 'active', 2],
      ['http', '1.1', 'idle', 3],
      ['http', '2', 'active', 1],
      ['http', '2', 'idle', 0],
    ]);
    stop();
    sequence.participants.mockClear();
    await reader.forceFlush();
    expect(sequence.participants).not.toHaveBeenCalled();
    await provider.shutdown();
  });
});
