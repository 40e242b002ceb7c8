import { expect, it } from 'vitest';

import { PLATFORMS } from '../../platforms/platforms.js';
import { findingsOf } from './findings.js';
import type { Rehearsal } from './rehearsal.js';
import type { LostRequest } from './tally.js';

const platform = PLATFORMS.find(({ id }) => id === 'kubernetes')!;
const context = { platform, patienceMs: 30_000, lagMs: 1000 };

function lost(kind: string, loss: LostRequest['loss']): LostRequest {
  return { kind, what: 'GET /export', loss, atMs: 40, detail: 'ECONNRESET' };
}

const ended = {
  isPlain: false,
  application: { budget: { gracePeriodMs: 0, drainTimeoutMs: 20_000, closeTimeoutMs: 4000 } },
  after: [],
  lostRequests: [lost('unanswered', 'reset')],
  exit: { code: 0, signal: null },
  goneAfterMs: 900,
  wasKilled: false,
  underWayAtKill: [],
  orphans: [],
} as unknown as Rehearsal;
const killed = { ...ended, wasKilled: true };
const forced = {
  ...ended,
  report: { result: 'forced', budget: { totalMs: 24_000 } },
} as unknown as Rehearsal;

function codesOf(run: Rehearsal): string[] {
  return findingsOf(run, context).map(({ code }) => code);
}

it('a handler never ended only if the shutdown waited for it in vain', () => {
  expect(codesOf(killed)).toContain('NEVER_ENDED');
  expect(codesOf(forced)).toContain('NEVER_ENDED');
  expect(codesOf(ended)).toEqual(['CUT']);
});

it('a signal that never reached the service is the only cause that is named', () => {
  const orphans = ['node dist/main'];
  const lostRequests = [lost('fresh', 'refused'), lost('unanswered', 'reset')];
  expect(codesOf({ ...ended, orphans, lostRequests })).toEqual(['SIGNAL_NOT_DELIVERED']);
});
