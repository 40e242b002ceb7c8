import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import type { ShutdownReport } from '../../src/report/shutdown-report.js';

export const EXAMPLES = ['rolling', 'forced', 'failed', 'close'] as const;

export type Example = (typeof EXAMPLES)[number];

export function exampleFile(name: Example): string {
  return join(import.meta.dirname, '..', 'fixtures', 'reports', `${name}.json`);
}

/** Reports of version 1, as runs of 1.0.0-rc.1 have written them. */
export const STORED = ['clean', 'cut', 'failed', 'hangs', 'closed'] as const;

export function storedFile(name: (typeof STORED)[number]): string {
  return join(import.meta.dirname, '..', 'fixtures', 'reports', 'version-1', `${name}.json`);
}

export function storedReport(name: (typeof STORED)[number]): Readonly<Record<string, unknown>> {
  return JSON.parse(readFileSync(storedFile(name), 'utf8')) as Readonly<Record<string, unknown>>;
}

/** @param changes - to its fields */
export function exampleReport(
  name: Example,
  changes: Partial<ShutdownReport> = {},
): ShutdownReport {
  const report = JSON.parse(readFileSync(exampleFile(name), 'utf8')) as ShutdownReport;
  return { ...report, ...changes };
}

/** Texts that would be code, or commands, where somebody forgot to think of them. */
export const HOSTILE = [
  '<script>alert(1)</script>',
  '"><img src=x onerror=alert(1)>',
  "' onload='alert(1)",
  ']]><!-- & &amp; --></svg></pre>',
  '\u001b[2J\u001b]0;owned\u0007\u0000\r\n\u202e',
].join(' ');

/** A report in which every text is hostile, and every list too long. */
export function hostileReport(): ShutdownReport {
  const { requests, newConnections, states } = exampleReport('forced');
  return exampleReport('forced', {
    startedAt: HOSTILE,
    trigger: { kind: 'request', reason: HOSTILE },
    states: many(states[0]!),
    requests: {
      ...requests,
      slowest: many({ label: HOSTILE, atMs: -1e12, ms: 2e12, outcome: 'cut' }),
    },
    newConnections: { ...newConnections, lateClients: many(HOSTILE) },
    participants: many({ name: HOSTILE, atStart: 1, cut: 0, summary: HOSTILE.repeat(20) }),
    hooks: many({ name: HOSTILE, atMs: 25_004, ms: 200, outcome: 'failed' }),
    failures: many({ where: HOSTILE, message: HOSTILE.repeat(20) }),
    heldBy: many(HOSTILE),
    foreignListeners: many(HOSTILE),
    samples: many({ atMs: 5, inFlight: 3, connections: 2, received: 1 }),
    advice: many(HOSTILE.repeat(20)),
  });
}

function many<One>(one: One): One[] {
  return Array.from({ length: 60 }, () => one);
}
