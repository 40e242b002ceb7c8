import { inspect } from 'node:util';

import { expect, it } from 'vitest';

import { storedReport, STORED } from '../../../test/support/example-reports.js';
import { parseReport } from './parse-report.js';
import { fromVersion1 } from './version-1.js';

interface Old {
  readonly [name: string]: unknown;
  readonly requests: { readonly aborted: number; readonly cut: number };
  readonly hooks: readonly { readonly name: string; readonly status: string }[];
}

/** All names of fields, at any depth. */
function namesIn(value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap(namesIn);
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, one]) => [name, ...namesIn(one)]);
}

function outcomesOf(name: (typeof STORED)[number]): string[] {
  const report = parseReport(JSON.stringify(storedReport(name)), name);
  return report.hooks.map(({ outcome }) => outcome);
}

it.each(STORED)('a report of version 1 is shown: %s', (name) => {
  const { outcome, totalMs, ...old } = storedReport(name);
  expect(old).toMatchObject({ version: 1 });
  const report = parseReport(JSON.stringify({ ...old, outcome, totalMs }), name);
  expect(report).toMatchObject({ version: 2, result: outcome, totalMs });
  const gone = new Set(['status', 'startMs', 'lastOffsetMs', 'flushed', 'told']);
  expect(namesIn(old)).toContain('startMs');
  expect(namesIn(report).filter((field) => gone.has(field))).toEqual([]);
});

it('cut requests of a report of version 1 are told from aborted ones', () => {
  const old = storedReport('cut') as Old;
  expect(old.requests).toMatchObject({ aborted: 1, cut: 1 });
  const { requests, hooks, states, connections } = parseReport(JSON.stringify(old), 'cut');
  expect(requests).toMatchObject({ aborted: 0, cut: 1, slowest: [{ outcome: 'cut' }] });
  expect(new Set(hooks.map(({ outcome }) => outcome))).toEqual(new Set(['completed']));
  expect(states.map(({ state }) => state)).toEqual(['grace', 'draining', 'forcing', 'closing']);
  expect(states.every(({ atMs }) => atMs >= 0)).toBe(true);
  expect(Object.keys(connections.closedBy).toSorted()).toEqual([
    'announced',
    'cut',
    'idle',
    'peer',
  ]);
});

it('hooks of a report of version 1 that were cut are told from those that threw', () => {
  expect(outcomesOf('hangs')).toContain('cut');
  expect(outcomesOf('failed')).toContain('failed');
});

it('a report of version 1 keeps its flush and its last new connection', () => {
  const old = storedReport('hangs') as Old & { flush: { flushed: boolean; ms: number } };
  const { flush } = parseReport(JSON.stringify(old), 'hangs');
  const outcome = old.flush.flushed ? 'completed' : 'failed';
  expect(flush).toEqual({ outcome, ms: old.flush.ms });
  const { newConnections } = parseReport(JSON.stringify(storedReport('clean')), 'clean');
  const { lastOffsetMs } = storedReport('clean')['newConnections'] as { lastOffsetMs: number };
  expect(newConnections.lastAtMs).toBe(lastOffsetMs);
});

it('a report of version 1 is found even if a logger spread it over several lines', () => {
  const printed = inspect({ report: storedReport('clean') }, { depth: 10, maxArrayLength: null });
  expect(parseReport(`started\n${printed}\n`, 'a.log').result).toBe('clean');
});

it('a report of version 2, and anything else, is not converted', () => {
  const report = { version: 2, result: 'clean' };
  expect(fromVersion1(report)).toBe(report);
  expect(fromVersion1(undefined)).toBeUndefined();
  expect(fromVersion1([1])).toEqual([1]);
});

it('an invalid report of version 1 does not break the conversion', () => {
  const wrong = { version: 1, trigger: {}, states: [1], hooks: {}, requests: [], flush: 'no' };
  expect(() => parseReport(JSON.stringify(wrong), 'a.json')).toThrow('cannot be shown');
});
