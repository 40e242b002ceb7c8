import { describe, expect, it } from 'vitest';

import { FakeClock } from '../testing/fake-clock.js';
import type { DrainParticipant } from './drain-participant.js';
import { ShutdownSequence } from './shutdown-sequence.js';
import type { ShutdownTrigger } from './shutdown-trigger.js';

function nothing(): void {}

// In a restart: deadline at 9000 and closed by 12 000, unless idle peers may stay for longer.
const BUDGET = { gracePeriodMs: 5000, drainTimeoutMs: 10_000, closeTimeoutMs: 2000 };
const ABORT_MS = 1000;
const RESTART: ShutdownTrigger = { kind: 'restart' };
const SIGTERM: ShutdownTrigger = { kind: 'signal', signal: 'SIGTERM', typed: false };
const CRASH: ShutdownTrigger = { kind: 'crash', error: new Error('boom') };
const CLOSE: ShutdownTrigger = { kind: 'close' };

/** @param idleMs - how long idle peers may stay */
function setUp(idleMs?: number) {
  const clock = new FakeClock();
  const sequence = new ShutdownSequence(BUDGET, clock);
  const states: (readonly [string, number])[] = [];
  sequence.observe({ entered: (state) => void states.push([state, clock.now()]) });
  let finish = nothing;
  const peers: DrainParticipant = {
    name: 'peers',
    active: () => 0,
    drain: () => new Promise((resolve) => (finish = resolve)),
    ...(idleMs === undefined ? {} : { idleMs: () => idleMs }),
  };
  sequence.addParticipant(peers);
  return { clock, sequence, states, finish: () => finish() };
}

describe('the shutdown of a restart', () => {
  it('has no grace period, and peers may take their time', async () => {
    const { clock, sequence, states, finish } = setUp();
    expect(sequence.isAwaited).toBe(true);
    void sequence.start(RESTART);
    expect(sequence.isAwaited).toBe(false);
    await clock.advance(500);
    finish();
    await clock.flush();
    expect(states).toEqual([
      ['grace', 0],
      ['draining', 0],
      ['closing', 500],
      ['closed', 500],
    ]);
    expect(clock.timers).toBe(0);
  });

  it.each([
    { idleMs: undefined, drainMs: 10_000 },
    { idleMs: 8000, drainMs: 10_000 },
    { idleMs: 73_000, drainMs: 73_000 + ABORT_MS },
  ])('lasts $drainMs ms if idle peers may stay for $idleMs ms', async (row) => {
    const { clock, sequence, states } = setUp(row.idleMs);
    const longestMs = row.drainMs + BUDGET.closeTimeoutMs;
    expect(sequence.longestMs(RESTART)).toBe(longestMs);
    void sequence.start(RESTART);
    expect(sequence.remainingMs()).toBe(longestMs);
    expect(sequence.drainRemainingMs()).toBe(row.drainMs - ABORT_MS);
    await clock.advance(row.drainMs - ABORT_MS);
    expect(states.at(-1)).toEqual(['forcing', row.drainMs - ABORT_MS]);
  });

  it('is the only one that idle peers make longer', () => {
    const { sequence } = setUp(73_000);
    expect(sequence.longestMs(SIGTERM)).toBe(17_000);
    expect(sequence.longestMs(CRASH)).toBe(12_000);
  });

  it.each([SIGTERM, CRASH, { kind: 'request' } as const])(
    'has to end inside the budget after another trigger: $kind',
    async (trigger) => {
      const { clock, sequence, states } = setUp(73_000);
      void sequence.start(RESTART);
      await clock.advance(20_000);
      void sequence.start(trigger);
      expect(sequence.isAwaited).toBe(true);
      expect(sequence.trigger).toEqual(RESTART);
      expect(sequence.remainingMs()).toBe(12_000);
      await clock.advance(8999);
      expect(states.at(-1)![0]).toBe('draining');
      await clock.advance(1);
      expect(states.at(-1)).toEqual(['forcing', 29_000]);
    },
  );

  it('keeps an end that is nearer', async () => {
    const { clock, sequence } = setUp();
    void sequence.start(RESTART);
    await clock.advance(7000);
    void sequence.start(SIGTERM);
    expect(sequence.remainingMs()).toBe(5000);
  });

  it('is joined by close(), which does not shorten it', async () => {
    const { clock, sequence } = setUp(73_000);
    void sequence.start(RESTART);
    await clock.advance(10);
    void sequence.start(CLOSE);
    expect(sequence.isAwaited).toBe(false);
  });

  it('ends at once by cutNow()', async () => {
    const { clock, sequence, states } = setUp(73_000);
    void sequence.start(RESTART);
    await clock.advance(100);
    sequence.cutNow();
    await clock.flush();
    expect(sequence.isAwaited).toBe(true);
    expect(states.map(([state]) => state)).toContain('forcing');
    expect(states.at(-1)).toEqual(['closed', 100]);
  });
});

it.each([SIGTERM, CRASH, CLOSE])(
  'a shutdown by $kind stays urgent when a restart joins',
  (trigger) => {
    const { sequence } = setUp(73_000);
    void sequence.start(trigger);
    void sequence.start(RESTART);
    expect(sequence.isAwaited).toBe(true);
  },
);
