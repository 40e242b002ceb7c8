import type { Attributes, BatchObservableResult, Meter, Observable } from '@opentelemetry/api';

import type { Protocol, Traffic } from '../connections/traffic.js';
import type { ShutdownSequence } from '../shutdown/shutdown-sequence.js';
import { SHUTDOWN_STATES } from '../shutdown/shutdown-state.js';

const PROTOCOLS: Readonly<Record<Protocol, Attributes>> = {
  'http/1.1': { 'network.protocol.name': 'http', 'network.protocol.version': '1.1' },
  h2: { 'network.protocol.name': 'http', 'network.protocol.version': '2' },
  websocket: { 'network.protocol.name': 'websocket' },
};

/**
 * Measures the application whenever the SDK asks, and only then: a request costs nothing.
 *
 * @returns a function that stops it
 * @internal
 */
export function observeApplication(
  meter: Meter,
  sequence: Pick<ShutdownSequence, 'state' | 'participants'>,
  traffic: Pick<Traffic, 'sources'>,
): () => void {
  const status = meter.createObservableUpDownCounter('nestjs_drain.lifecycle.status', {
    description: 'Where the shutdown stands: 1 for its state, 0 for the others.',
  });
  const tasks = meter.createObservableUpDownCounter('nestjs_drain.task.in_flight', {
    unit: '{task}',
    description: 'Requests, messages, jobs and other work in flight.',
  });
  const connections = meter.createObservableUpDownCounter('nestjs_drain.connection.open', {
    unit: '{connection}',
    description: 'Open connections.',
  });
  const observe = (result: BatchObservableResult) => {
    for (const name of SHUTDOWN_STATES) {
      result.observe(status, name === sequence.state ? 1 : 0, {
        'nestjs_drain.lifecycle.state': name,
      });
    }
    const active = new Sums(tasks);
    for (const one of sequence.participants()) {
      active.add(one.active, { 'nestjs_drain.participant': one.name });
    }
    active.observe(result);
    const open = new Sums(connections);
    for (const { protocol, busyCount, connectionCount } of traffic.sources) {
      const of = (kind: string) => ({
        ...PROTOCOLS[protocol],
        'nestjs_drain.connection.state': kind,
      });
      open.add(busyCount, of('active'));
      open.add(connectionCount - busyCount, of('idle'));
    }
    open.observe(result);
  };
  const observables = [status, tasks, connections];
  meter.addBatchObservableCallback(observe, observables);
  return () => meter.removeBatchObservableCallback(observe, observables);
}

/** Adds up values with the same attributes; the SDK would keep the last one. */
class Sums {
  readonly #sums = new Map<string, { attributes: Attributes; value: number }>();

  constructor(private readonly observable: Observable) {}

  add(value: number, attributes: Attributes): void {
    const key = Object.values(attributes).join(' ');
    const sum = this.#sums.get(key) ?? { attributes, value: 0 };
    sum.value += value;
    this.#sums.set(key, sum);
  }

  observe(result: BatchObservableResult): void {
    for (const { attributes, value } of this.#sums.values()) {
      result.observe(this.observable, value, attributes);
    }
  }
}
