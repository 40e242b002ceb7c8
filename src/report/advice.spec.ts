import { describe, expect, it } from 'vitest';

import { patienceHere } from '../platforms/patience.js';
import { adviceOn, type Facts } from './advice.js';

/** A shutdown in Kubernetes at which there is nothing to say. */
const WELL: Facts = {
  version: 2,
  pid: 1,
  startedAt: '2026-01-01T00:00:00.000Z',
  trigger: { kind: 'signal', signal: 'SIGTERM' },
  result: 'clean',
  exitCode: 0,
  totalMs: 10_500,
  budget: { gracePeriodMs: 10_000, drainTimeoutMs: 20_000, closeTimeoutMs: 4000, totalMs: 34_000 },
  states: [
    { state: 'grace', atMs: 0, ms: 10_000, endedBy: 'elapsed' },
    { state: 'draining', atMs: 10_000, ms: 400, endedBy: 'done' },
    { state: 'closing', atMs: 10_400, ms: 100, endedBy: 'done' },
  ],
  requests: {
    atStart: 2,
    received: 100,
    late: 0,
    completed: 102,
    aborted: 0,
    cut: 0,
    slowest: [{ label: 'GET Orders.list', atMs: -10, ms: 500, outcome: 'completed' }],
  },
  connections: { atStart: 5, closedBy: { announced: 4, idle: 1, peer: 0, cut: 0 }, left: 0 },
  newConnections: { count: 3, lastAtMs: 6000, late: 0 },
  probes: { answered: 3, failing: 3, lastAtMs: 9000 },
  participants: [{ name: 'http', atStart: 2, cut: 0 }],
  hooks: [{ name: 'Db.onModuleDestroy', atMs: 10_400, ms: 50, outcome: 'completed' }],
  failures: [],
  heldBy: [],
  foreignListeners: [],
  samples: [],
};

const TYPED: Facts['trigger'] = { kind: 'signal', signal: 'SIGINT', typed: true };
const NO_GRACE: Partial<Facts> = {
  budget: { ...WELL.budget, gracePeriodMs: 0 },
  states: WELL.states.map((state) => (state.state === 'grace' ? { ...state, ms: 0.4 } : state)),
};

function advice(facts: Partial<Facts>, seconds?: number): string[] {
  const patience = seconds === undefined ? undefined : patienceHere(seconds, {}, undefined);
  return adviceOn({ ...WELL, ...facts }, { patience });
}

function slowest(ms: number, outcome: 'completed' | 'cut'): Facts['requests'] {
  const one = { label: 'GET Orders.export', atMs: 9000, ms: ms + 1000, outcome };
  return { ...WELL.requests, slowest: [one, one] };
}

it('there is no advice if there is nothing to change', () => {
  expect(advice({})).toEqual([]);
  expect(advice({}, 35)).toEqual([]);
});

describe('each piece of advice has its numbers', () => {
  it.each<[string, Partial<Facts>, string]>([
    [
      'connections until the end of the grace period',
      { newConnections: { count: 9, late: 2, lastAtMs: 9700 } },
      'The last new connection came 9.7 s into a grace period of 10.0 s: raise gracePeriodMs to 15000.',
    ],
    [
      'connections after the grace period',
      { newConnections: { count: 9, late: 2, lastAtMs: 10_300 } },
      'The last new connection came 0.3 s after a grace period of 10.0 s: raise gracePeriodMs to 16000.',
    ],
    [
      'a grace period that is too long',
      { newConnections: { count: 9, late: 0, lastAtMs: 1200 } },
      'No new connection came after 1.2 s of a grace period of 10.0 s: if this happens at every shutdown, shorten gracePeriodMs.',
    ],
    [
      'no grace period',
      { ...NO_GRACE, newConnections: { count: 1, late: 0, lastAtMs: 20 } },
      '1 new connection came after the signal, and there is no grace period: set gracePeriodMs to the time that your balancer needs to notice.',
    ],
    [
      'probes that are told nothing',
      { probes: { answered: 4, failing: 0, lastAtMs: 9000 } },
      '4 health probes came and none failed: add GracefulShutdownHealthIndicator to the readiness check.',
    ],
    [
      'a request that held the drain',
      { requests: slowest(18_000, 'completed') },
      'GET Orders.export took 18.0 s of 20.0 s of the drain: stop it on the deadline signal, or raise drainTimeoutMs.',
    ],
    [
      'a request that was cut',
      { requests: slowest(20_000, 'cut') },
      'GET Orders.export was cut after 20.0 s of the drain: stop it on the deadline signal, or raise drainTimeoutMs.',
    ],
    [
      "an application's own work whose name begins like ours",
      { participants: [{ name: 'http-import-queue', atStart: 1, cut: 1 }] },
      '1 task of "http-import-queue" was cut at the deadline: stop on the deadline signal, or raise drainTimeoutMs.',
    ],
    [
      'other work that was cut',
      { participants: [{ name: 'bullmq', atStart: 3, cut: 2 }] },
      '2 tasks of "bullmq" were cut at the deadline: stop on the deadline signal, or raise drainTimeoutMs.',
    ],
    [
      'a slow hook',
      { hooks: [{ name: 'Db.onModuleDestroy', atMs: 10_400, ms: 3100, outcome: 'completed' }] },
      'Db.onModuleDestroy took 3.1 s, and only 4.0 s are guaranteed for closing: make it faster, or raise closeTimeoutMs.',
    ],
    [
      'a hook that did not end',
      { hooks: [{ name: 'Db.onModuleDestroy', atMs: 10_400, ms: 4000, outcome: 'cut' }] },
      'Db.onModuleDestroy did not finish within 4.0 s, and only 4.0 s are guaranteed for closing: make it faster, or raise closeTimeoutMs.',
    ],
    [
      'a foreign listener',
      { foreignListeners: ['dd-trace (SIGTERM)'] },
      'dd-trace (SIGTERM) also listens to the signal. If it ends the process or closes what requests need, requests fail: do its work in a Nest hook.',
    ],
    [
      'an event loop that is held',
      { heldBy: ['TCPSocketWrap', 'TCPSocketWrap', 'Timeout'] },
      'The event loop stayed busy after everything was closed (TCPSocketWrap, Timeout): close these in onApplicationShutdown, or unref() them.',
    ],
    [
      'telemetry that was lost',
      { flush: { outcome: 'cut', ms: 2000 } },
      'Telemetry was not sent within 2.0 s: check that its collector answers.',
    ],
  ])('%s', (_, facts, sentence) => {
    expect(advice(facts)).toEqual([sentence]);
  });

  it('on a budget that does not fit', () => {
    expect(advice({}, 34)).toEqual([
      'The budget of 34.0 s does not fit the 34 s that the platform allows: raise it to 35, or shorten drainTimeoutMs.',
    ]);
  });
});

describe('there is no advice about a balancer if there is none', () => {
  const late = { newConnections: { count: 1, late: 1, lastAtMs: 20 } };
  const blind = { probes: { answered: 4, failing: 0 } };

  it.each<[string, Facts['trigger']]>([
    ['app.close()', { kind: 'close' }],
    ['a Ctrl-C', TYPED],
    ['a graceful restart', { kind: 'restart' }],
    ['a crash', { kind: 'crash' }],
  ])('%s', (_, trigger) => {
    expect(advice({ ...NO_GRACE, ...late, ...blind, trigger })).toEqual([]);
  });
});

it('there is advice about connections that were reset in the accept queue', () => {
  const [sentence, ...others] = advice({ connections: { ...WELL.connections, dropped: 3 } });
  expect(sentence).toContain('3 connections waited to be accepted when the listener closed');
  expect(others).toEqual([]);
});

it('the advice names the slowest of several slow parts', () => {
  const hooks = Array.from({ length: 9 }, (_, i) => ({
    name: `Hook${i}`,
    atMs: 0,
    ms: 3000 + i,
    outcome: 'completed' as const,
  }));
  expect(advice({ hooks }).map((sentence) => sentence.split(' ')[0])).toEqual([
    'Hook8',
    'Hook7',
    'Hook6',
  ]);
});

it('the advice names stopConsumers if a request may have waited for its own application', () => {
  const facts = { ...WELL, requests: slowest(20_000, 'cut') };
  expect(adviceOn(facts, { hasStoppedConsumers: true })).toEqual([
    'GET Orders.export was cut after 20.0 s of the drain: if it waits for a job or a reply of this ' +
      "application's own consumers, which stopped at the signal, set stopConsumers to " +
      "'after-requests'. Otherwise stop it on the deadline signal, or raise drainTimeoutMs.",
  ]);
});
