import { describe, expect, it } from 'vitest';

import type { ShutdownObserver } from '../shutdown/shutdown-observer.js';
import { ShutdownSequence } from '../shutdown/shutdown-sequence.js';
import type { ShutdownState, EndedBy } from '../shutdown/shutdown-state.js';
import type { ShutdownTrigger } from '../shutdown/shutdown-trigger.js';
import { FakeClock } from '../testing/fake-clock.js';
import {
  AdaptiveGracePeriod,
  type GraceBounds,
  type GraceEvidence,
} from './adaptive-grace-period.js';

const SIGTERM: ShutdownTrigger = { kind: 'signal', signal: 'SIGTERM', typed: false };
const BUDGET = { gracePeriodMs: 5000, drainTimeoutMs: 10_000, closeTimeoutMs: 2000 };
const ABORT_WINDOW_MS = 1000;

class Evidence implements GraceEvidence {
  overFrom = Infinity;
  arrivals: number[] = [];
  asked: number[] = [];

  constructor(private readonly clock: FakeClock) {}

  begin(): void {}

  isOver(): boolean {
    this.asked.push(this.clock.now());
    return this.clock.now() >= this.overFrom;
  }

  lastArrivalAt(): number {
    return Math.max(-Infinity, ...this.arrivals.filter((at) => at <= this.clock.now()));
  }
}

function setUp(bounds: Partial<GraceBounds> = {}) {
  const clock = new FakeClock();
  const evidence = new Evidence(clock);
  const gracePeriod = new AdaptiveGracePeriod(
    evidence,
    { minGracePeriodMs: 5000, maxGracePeriodMs: 5000, ...bounds },
    clock,
  );
  const sequence = new ShutdownSequence(BUDGET, clock, gracePeriod);
  const entered: [state: ShutdownState, at: number, endedBy?: EndedBy | undefined][] = [];
  const extended: [at: number, stillMs: number, maxMs: number][] = [];
  const observer: ShutdownObserver = {
    entered: (state, endedBy) => void entered.push([state, clock.now(), endedBy]),
    graceExtended: (stillMs, maxMs) => void extended.push([clock.now(), stillMs, maxMs]),
  };
  sequence.observe(observer);
  return { clock, evidence, sequence, entered, extended };
}

/** Work that never ends. */
function hang({ sequence }: ReturnType<typeof setUp>): void {
  sequence.addParticipant({
    name: 'jobs',
    active: () => 1,
    drain: () => new Promise(() => {}),
  });
}

describe('a grace period that may end early', () => {
  it.each([
    { when: 'at the earliest time', overFrom: 0, endsAt: 2000 },
    { when: 'as soon as it is sure', overFrom: 3210, endsAt: 3250 },
  ])('ends $when', async ({ overFrom, endsAt }) => {
    const { clock, evidence, sequence, entered } = setUp({ minGracePeriodMs: 2000 });
    evidence.overFrom = overFrom;
    void sequence.start(SIGTERM);
    await clock.advance(5000);
    expect(entered.slice(0, 2)).toEqual([
      ['grace', 0, undefined],
      ['draining', endsAt, 'quiet'],
    ]);
    expect(Math.min(...evidence.asked)).toBe(2000);
  });

  it('lasts as long as configured if the traffic never looks over', async () => {
    const { clock, sequence, entered } = setUp({ minGracePeriodMs: 0 });
    void sequence.start(SIGTERM);
    await clock.advance(6000);
    expect(entered[1]).toEqual(['draining', 5000, 'elapsed']);
  });

  it('does not move the end of the budget', async () => {
    const under = setUp({ minGracePeriodMs: 1000 });
    hang(under);
    under.evidence.overFrom = 0;
    void under.sequence.start(SIGTERM);
    await under.clock.advance(20_000);
    expect(under.entered.slice(1, 3)).toEqual([
      ['draining', 1000, 'quiet'],
      ['forcing', 15_000 - ABORT_WINDOW_MS, 'timeout'],
    ]);
  });
});

describe('a grace period that may be extended', () => {
  it('is extended from its last fifth on, until that long has passed without a new connection', async () => {
    const { clock, evidence, sequence, entered, extended } = setUp({ maxGracePeriodMs: 15_000 });
    evidence.arrivals = [500, 4100, 4900, 5700, 6699];
    void sequence.start(SIGTERM);
    await clock.advance(15_000);
    expect(entered[1]).toEqual(['draining', 7699, 'elapsed']);
    expect(extended).toEqual([[5000, 1000, 15_000]]);
  });

  it('is not extended if the last new connection came before that', async () => {
    const { clock, evidence, sequence, entered, extended } = setUp({ maxGracePeriodMs: 15_000 });
    evidence.arrivals = [-1, 4000];
    void sequence.start(SIGTERM);
    await clock.advance(6000);
    expect(entered[1]).toEqual(['draining', 5000, 'elapsed']);
    expect(extended).toEqual([]);
  });

  it('never exceeds its maximum, and leaves the drain that much less', async () => {
    const under = setUp({ maxGracePeriodMs: 8000 });
    hang(under);
    under.evidence.arrivals = Array.from({ length: 200 }, (_, i) => i * 100);
    void under.sequence.start(SIGTERM);
    await under.clock.advance(20_000);
    expect(under.entered.slice(1, 4)).toEqual([
      ['draining', 8000, 'elapsed'],
      ['forcing', 15_000 - ABORT_WINDOW_MS, 'timeout'],
      ['closing', 15_000, 'timeout'],
    ]);
  });

  it('may use up all of the time for the drain, and no more', async () => {
    const under = setUp({ maxGracePeriodMs: 15_000 });
    hang(under);
    under.evidence.arrivals = Array.from({ length: 200 }, (_, i) => i * 100);
    void under.sequence.start(SIGTERM);
    await under.clock.advance(20_000);
    expect(under.entered.at(-1)).toEqual(['closed', 15_000, 'done']);
  });

  it('is not extended if the maximum is the grace period itself', async () => {
    const { clock, evidence, sequence, entered, extended } = setUp({ minGracePeriodMs: 1000 });
    evidence.arrivals = [4999];
    void sequence.start(SIGTERM);
    await clock.advance(6000);
    expect(entered[1]).toEqual(['draining', 5000, 'elapsed']);
    expect(extended).toEqual([]);
  });
});

it.each([
  { when: 'before its earliest end', at: 500 },
  { when: 'while it may end', at: 3000 },
  { when: 'while it is extended', at: 6000 },
])('a second signal ends an adaptive grace period $when', async ({ at }) => {
  const { clock, evidence, sequence, entered } = setUp({
    minGracePeriodMs: 1000,
    maxGracePeriodMs: 9000,
  });
  evidence.arrivals = [4900, 5800];
  void sequence.start(SIGTERM);
  await clock.advance(at);
  sequence.cutNow();
  await clock.flush();
  expect(entered[1]).toEqual(['forcing', at, 'signal']);
});
