import { describe, expect, it } from 'vitest';

import { FakeClock } from '../testing/fake-clock.js';
import type { DrainParticipant } from './drain-participant.js';
import type { ShutdownObserver } from './shutdown-observer.js';
import type { ShutdownFailure } from './shutdown-outcome.js';
import { ShutdownSequence } from './shutdown-sequence.js';

const BUDGET = { gracePeriodMs: 5000, drainTimeoutMs: 10_000, closeTimeoutMs: 2000 };
const TOTAL_MS = 17_000;
const SIGTERM = { kind: 'signal', signal: 'SIGTERM', typed: false } as const;
const CLOSE = { kind: 'close' } as const;
const hangs = () => new Promise<never>(() => {});

function throws(): never {
  throw new Error('broken');
}

function setUp(participant: Partial<DrainParticipant> = {}, observer: ShutdownObserver = {}) {
  const clock = new FakeClock();
  const sequence = new ShutdownSequence(BUDGET, clock);
  const states: string[] = [];
  sequence.observe({ entered: (state) => void states.push(state) });
  sequence.observe(observer);
  sequence.addParticipant({ name: 'work', active: () => 0, drain: async () => {}, ...participant });
  return { clock, sequence, states };
}

describe('a single shutdown runs', () => {
  it('when an observer requests another as it begins', async () => {
    const { clock, sequence, states } = setUp({}, { entered: () => void sequence.start(CLOSE) });
    void sequence.start(SIGTERM);
    await clock.advance(TOTAL_MS);
    expect(states).toEqual(['grace', 'draining', 'closing', 'closed']);
  });

  it('when a listener of the intake signal requests another', async () => {
    const { clock, sequence, states } = setUp();
    let joined: unknown;
    sequence.intakeSignal.addEventListener('abort', () => {
      joined = sequence.start(CLOSE);
    });
    const outcome = sequence.start(SIGTERM);
    await clock.advance(TOTAL_MS);
    expect(joined).toBe(outcome);
    expect(states).toEqual(['grace', 'draining', 'closing', 'closed']);
  });
});

const mishaps: [string, Partial<DrainParticipant>, ShutdownObserver][] = [
  ['an observer throws when told of a state', {}, { entered: throws }],
  ['an observer throws when told of a failure', { drain: throws }, { failed: throws }],
  ['an observer throws when told of the cut', { active: () => 1, drain: hangs }, { cut: throws }],
  ['an observer throws when told of the end', {}, { closed: throws }],
  ['a participant throws when asked what is in flight', { drain: hangs, tasks: throws }, {}],
  ['a participant throws when asked how much', { drain: hangs, active: throws }, {}],
  ['a participant throws when asked what happened', { summary: throws }, {}],
];

describe('the application is closed in time', () => {
  it.each(mishaps)('when %s', async (_, participant, observer) => {
    const { clock, sequence } = setUp(participant, observer);
    const outcome = sequence.start(CLOSE);
    await clock.advance(TOTAL_MS);
    expect(sequence.state).toBe('closed');
    await expect(outcome).resolves.toBeDefined();
  });

  it('when its teardown throws before it has begun', async () => {
    const { clock, sequence } = setUp();
    sequence.adopt({ run: throws, unfinished: () => [] });
    const outcome = sequence.start(CLOSE);
    await clock.flush();
    await expect(outcome).resolves.toMatchObject({ failures: [{ where: 'close()' }] });
  });

  it('when the event loop was blocked as the deadline passed', async () => {
    const { clock, sequence } = setUp({ active: () => 1, drain: hangs });
    sequence.adopt({ run: hangs, unfinished: () => [] });
    void sequence.start(SIGTERM);
    await clock.advance(13_900);
    clock.block(600);
    await clock.advance(TOTAL_MS - 14_500);
    expect(sequence.state).toBe('closed');
  });
});

it('a second signal in the grace period stops the intake before it cuts', async () => {
  const told: string[] = [];
  const { clock, sequence } = setUp({
    stopIntake: () => void told.push('stopIntake'),
    force: () => void told.push('force'),
  });
  void sequence.start(SIGTERM);
  await clock.advance(1000);
  sequence.cutNow();
  await clock.flush();
  expect(told).toEqual(['stopIntake', 'force']);
});

it('a participant that hangs with nothing in flight is named at the deadline', async () => {
  const { clock, sequence } = setUp({ drain: hangs });
  const outcome = sequence.start(CLOSE);
  await clock.advance(TOTAL_MS);
  await expect(outcome).resolves.toMatchObject({
    forced: true,
    cut: [],
    failures: [{ where: 'participant work' }],
  });
});

it('no time remains once the application is closed', async () => {
  const { clock, sequence } = setUp();
  void sequence.start(CLOSE);
  await clock.flush();
  expect(sequence.state).toBe('closed');
  expect(sequence.remainingMs()).toBe(0);
});

it('the outcome of a shutdown does not change once it is reported', async () => {
  const { clock, sequence } = setUp();
  let fail: ((failure: ShutdownFailure) => void) | undefined;
  sequence.adopt({
    run: (_, observer) => {
      fail = (failure) => observer.failed(failure);
      return hangs();
    },
    unfinished: () => ['close()'],
  });
  const outcome = sequence.start(SIGTERM);
  await clock.advance(TOTAL_MS);
  fail?.({ where: 'late', error: new Error('late') });
  expect((await outcome).failures).toMatchObject([{ where: 'close()' }]);
});
