import { expect, it } from 'vitest';

import { reportWithin } from './report-within.js';
import type { ShutdownReport } from './shutdown-report.js';

const LONG = 'x'.repeat(300);

/** As large as a report can be. */
const LARGE: ShutdownReport = {
  version: 2,
  pid: 1,
  startedAt: '2026-01-01T00:00:00.000Z',
  trigger: { kind: 'request', reason: LONG },
  result: 'forced',
  exitCode: 1,
  totalMs: 1,
  budget: { gracePeriodMs: 1, drainTimeoutMs: 1, closeTimeoutMs: 1, totalMs: 3 },
  states: [],
  requests: {
    atStart: 1,
    received: 1,
    late: 1,
    completed: 1,
    aborted: 1,
    cut: 1,
    slowest: Array.from({ length: 20 }, () => ({
      label: LONG,
      atMs: 0,
      ms: 1,
      outcome: 'cut' as const,
    })),
  },
  connections: { atStart: 0, closedBy: { announced: 0, idle: 0, peer: 0, cut: 0 }, left: 0 },
  newConnections: { count: 0, late: 0 },
  probes: { answered: 0, failing: 0 },
  participants: Array.from({ length: 50 }, () => ({ name: LONG, atStart: 1, cut: 1 })),
  hooks: Array.from({ length: 100 }, () => ({
    name: LONG,
    atMs: 0,
    ms: 1,
    outcome: 'failed' as const,
  })),
  failures: Array.from({ length: 50 }, () => ({ where: LONG, message: LONG })),
  heldBy: Array.from({ length: 50 }, () => 'TCPSocketWrap'),
  foreignListeners: Array.from({ length: 20 }, () => LONG),
  samples: Array.from({ length: 64 }, () => ({
    atMs: 1,
    inFlight: 1,
    connections: 1,
    received: 1,
  })),
  advice: Array.from({ length: 20 }, () => LONG),
};

function bytesOf(report: ShutdownReport): number {
  return Buffer.byteLength(JSON.stringify(report));
}

it('a report that fits is unchanged', () => {
  expect(reportWithin(LARGE, bytesOf(LARGE))).toBe(LARGE);
});

it('the largest report is shortened to what Kubernetes keeps', () => {
  const reduced = reportWithin(LARGE, 4096);
  expect(bytesOf(reduced)).toBeLessThanOrEqual(4096);
  expect(reduced).toMatchObject({ result: 'forced', exitCode: 1, requests: { cut: 1 } });
});

it('a long report loses its least important parts first', () => {
  const reduced = reportWithin(LARGE, bytesOf(LARGE) - 1);
  expect(reduced).toEqual({ ...LARGE, samples: [] });
});
