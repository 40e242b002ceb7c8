import { describe, expect, it } from 'vitest';

import type { ReloadResult, RestartStatus } from '../restart/restart-status.js';
import { ageText, reloadText, statusText } from './status-text.js';

const NOW = new Date('2026-05-04T12:00:00.400Z');

const status: RestartStatus = {
  pid: 4711,
  uptimeMs: 93_600_400,
  generation: 3,
  isReloading: true,
  wanted: 2,
  lastReload: { outcome: 'completed', replaced: 2, generation: 2 },
  workers: [
    {
      pid: 4800,
      slot: 2,
      generation: 2,
      ageMs: 7_500_000,
      phase: 'ready',
      state: 'running',
      inFlight: 12,
    },
    { pid: 4900, slot: 1, generation: 3, ageMs: 900, phase: 'starting' },
    {
      pid: 4799,
      slot: 1,
      generation: 2,
      ageMs: 7_510_000,
      phase: 'leaving',
      state: 'draining',
      inFlight: 0,
    },
  ],
};

describe('the text of a status', () => {
  it('is a heading and a table, ordered by slot', () => {
    expect(statusText(status, NOW).split('\n')).toEqual([
      'PID 4711, up 1d 2h since 2026-05-03T10:00:00Z, generation 3, 1 ready, 2 wanted, reloading',
      'last reload: 2 workers replaced, generation 2',
      '',
      'SLOT   PID  GENERATION    AGE  STATE              IN FLIGHT',
      '   1  4900           3     0s  starting                   -',
      '   1  4799           2  2h 5m  leaving, draining          0',
      '   2  4800           2  2h 5m  ready                     12',
    ]);
  });

  it('says that the service is not reloading and never has', () => {
    const { lastReload: _, ...fresh } = { ...status, isReloading: false };
    const text = statusText({ ...fresh, workers: [] }, NOW);
    expect(text).toContain('0 ready, 2 wanted, not reloading\nlast reload: none\n');
    expect(text).toMatch(/IN FLIGHT$/);
  });

  it('says why the last reload failed', () => {
    const lastReload: ReloadResult = {
      outcome: 'failed',
      replaced: 1,
      generation: 4,
      reason: 'worker 5 exited with 1',
    };
    expect(statusText({ ...status, lastReload }, NOW)).toContain(
      'last reload: failed, 1 worker replaced: worker 5 exited with 1',
    );
  });
});

it('the text of a failed reload says if no reason was given', () => {
  expect(reloadText({ outcome: 'failed', replaced: 0, generation: 4 })).toBe(
    'failed, 0 workers replaced: no reason given',
  );
});

it.each([
  [0, '0s'],
  [999, '0s'],
  [59_999, '59s'],
  [60_000, '1m'],
  [61_000, '1m 1s'],
  [3_600_000, '1h'],
  [3_601_000, '1h'],
  [90_061_000, '1d 1h'],
  [8_640_000_000, '100d'],
])('an age of %d ms is shown as %s', (ms, text) => {
  expect(ageText(ms)).toBe(text);
});
