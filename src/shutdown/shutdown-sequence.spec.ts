import { describe, expect, it } from 'vitest';

import { FakeClock } from '../testing/fake-clock.js';
import type { DrainParticipant, DrainTask } from './drain-participant.js';
import type { ShutdownBudget } from './shutdown-budget.js';
import type { ShutdownFailure } from './shutdown-outcome.js';
import { ShutdownSequence } from './shutdown-sequence.js';
import type { ShutdownTrigger } from './shutdown-trigger.js';
import type { Teardown } from './teardown.js';
import { sleep } from './within.js';

// On SIGTERM: draining from 5000, deadline at 14 000, cut at 15 000, closed by 17 000.
const BUDGET: ShutdownBudget = {
  gracePeriodMs: 5000,
  drainTimeoutMs: 10_000,
  closeTimeoutMs: 2000,
};
const NEVER = new Promise<never>(() => {});

const SIGTERM: ShutdownTrigger = { kind: 'signal', signal: 'SIGTERM', typed: false };
const TYPED: ShutdownTrigger = { kind: 'signal', signal: 'SIGINT', typed: true };
const REQUEST: ShutdownTrigger = { kind: 'request' };
const CRASH: ShutdownTrigger = { kind: 'crash', error: new Error('boom') };
const CLOSE: ShutdownTrigger = { kind: 'close' };

type Moment = readonly [what: string, at: number];

/** Some jobs in flight. Records what it is told, and when. */
class Jobs implements DrainParticipant {
  readonly name = 'jobs';
  readonly told: Moment[] = [];
  #finished = () => {};

  constructor(
    private readonly clock: FakeClock,
    private count = 1,
    readonly stopsAt: 'grace' | 'draining' = 'draining',
  ) {}

  announce(windowMs: number): void {
    this.#note(`announce ${windowMs}`);
  }

  stopIntake(): void {
    this.#note('stopIntake');
  }

  active(): number {
    return this.count;
  }

  async drain(deadline: AbortSignal): Promise<void> {
    this.#note('drain');
    deadline.addEventListener('abort', () => this.#note('deadline'));
    if (this.count > 0) await new Promise<void>((resolve) => (this.#finished = resolve));
  }

  force(): void {
    this.#note('force');
  }

  finish(): void {
    this.count = 0;
    this.#finished();
  }

  #note(what: string): void {
    this.told.push([what, this.clock.now()]);
  }
}

function setUp(budget: Partial<ShutdownBudget> = {}) {
  const clock = new FakeClock();
  const sequence = new ShutdownSequence({ ...BUDGET, ...budget }, clock);
  const states: Moment[] = [];
  sequence.observe({ entered: (state) => void states.push([state, clock.now()]) });
  const jobs = new Jobs(clock);
  sequence.addParticipant(jobs);
  return { clock, sequence, states, jobs };
}

/** A participant that has work in flight, for ever unless a part of it is given. */
function stubborn(parts: Partial<DrainParticipant> = {}): DrainParticipant {
  return { name: 'stubborn', active: () => 1, drain: () => NEVER, ...parts };
}

/** A teardown that never ends, with a hook that has not. */
const hanging: Teardown = { run: () => NEVER, unfinished: () => ['OrdersModule.onModuleDestroy'] };

describe('the states of a shutdown', () => {
  it('follow one another: running, grace, draining, closing, closed', async () => {
    const { clock, sequence, states, jobs } = setUp();
    expect(sequence.state).toBe('running');
    void sequence.start(SIGTERM);
    await clock.advance(7000);
    jobs.finish();
    await clock.flush();
    expect(states).toEqual([
      ['grace', 0],
      ['draining', 5000],
      ['closing', 7000],
      ['closed', 7000],
    ]);
    expect(sequence.state).toBe('closed');
    expect(clock.timers).toBe(0);
  });

  it('begin with a look at the work in flight, then red readiness, before anything else happens', () => {
    const { sequence, jobs } = setUp();
    const seen: string[] = [];
    const note = (what: string) => void seen.push(`${what} in ${sequence.state}`);
    sequence.observe({ entered: () => note('entered') });
    sequence.intakeSignal.addEventListener('abort', () => note('intake stops'));
    sequence.addParticipant({
      ...stubborn({ stopsAt: 'grace' }),
      takeStock: () => note('takeStock'),
      stopIntake: () => note('stopIntake'),
      announce: () => note('announce'),
    });
    void sequence.start(SIGTERM);
    expect(seen).toEqual([
      'takeStock in running',
      'entered in grace',
      'intake stops in grace',
      'stopIntake in grace',
      'announce in grace',
    ]);
    expect(jobs.told).toEqual([['announce 3000', 0]]);
  });

  it.each([
    { what: 'SIGTERM', trigger: SIGTERM, grace: 5000 },
    { what: 'shutdown()', trigger: REQUEST, grace: 5000 },
    { what: 'a SIGINT typed at the terminal', trigger: TYPED, grace: 0 },
    { what: 'a crash', trigger: CRASH, grace: 0 },
    { what: 'close()', trigger: CLOSE, grace: 0 },
  ])('have a grace period of $grace ms after $what', async ({ trigger, grace }) => {
    const { clock, sequence, states, jobs } = setUp();
    jobs.finish();
    const outcome = sequence.start(trigger);
    await clock.advance(grace);
    expect(states.slice(0, 2)).toEqual([
      ['grace', 0],
      ['draining', grace],
    ]);
    await expect(outcome).resolves.toMatchObject({ trigger, took: { grace } });
  });
});

describe('the grace period', () => {
  it('stops some participants at its start, and the others at its end', async () => {
    const { clock, sequence, jobs } = setUp();
    const queue = new Jobs(clock, 1, 'grace');
    sequence.addParticipant(queue);
    void sequence.start(SIGTERM);
    await clock.advance(5000);
    expect(queue.told).toEqual([
      ['stopIntake', 0],
      ['announce 3000', 0],
      ['drain', 5000],
    ]);
    expect(jobs.told).toEqual([
      ['announce 3000', 0],
      ['stopIntake', 5000],
      ['drain', 5000],
    ]);
  });

  it.each([CLOSE, TYPED])('announces nothing if there is none: $kind', async (trigger) => {
    const { clock, sequence, jobs } = setUp();
    void sequence.start(trigger);
    await clock.flush();
    expect(jobs.told).toEqual([
      ['stopIntake', 0],
      ['drain', 0],
    ]);
  });

  it('absorbs delays of its timer without moving a deadline', async () => {
    const { clock, sequence, states } = setUp();
    void sequence.start(SIGTERM);
    await clock.advance(4900);
    clock.block(600);
    await clock.advance(0);
    expect(states.at(-1)).toEqual(['draining', 5500]);
    await clock.advance(8500);
    expect(states.at(-1)).toEqual(['forcing', 14_000]);
  });
});

describe('the public signals and times of a shutdown:', () => {
  it('the intake signal fires at once, the deadline signal when the time for draining is up', async () => {
    const { clock, sequence } = setUp();
    expect(sequence.intakeSignal.aborted).toBe(false);
    void sequence.start(SIGTERM);
    expect(sequence.intakeSignal.aborted).toBe(true);
    await clock.advance(13_999);
    expect(sequence.deadlineSignal.aborted).toBe(false);
    await clock.advance(1);
    expect(sequence.deadlineSignal.aborted).toBe(true);
  });

  it('the deadline signal does not fire when the drain ends in time', async () => {
    const { clock, sequence, jobs } = setUp();
    void sequence.start(SIGTERM);
    jobs.finish();
    await clock.advance(60_000);
    expect(sequence.state).toBe('closed');
    expect(sequence.deadlineSignal.aborted).toBe(false);
  });

  it('the time left is Infinity while running, and counts down to the promised end', async () => {
    const { clock, sequence } = setUp();
    expect(sequence.remainingMs()).toBe(Infinity);
    void sequence.start(SIGTERM);
    expect(sequence.remainingMs()).toBe(17_000);
    await clock.advance(5000);
    expect(sequence.remainingMs()).toBe(12_000);
    await clock.advance(9500);
    expect(sequence.remainingMs()).toBe(2500);
  });

  it('the time left does not include a grace period that is skipped', async () => {
    const { clock, sequence } = setUp();
    void sequence.start(CLOSE);
    await clock.flush();
    expect(sequence.remainingMs()).toBe(12_000);
  });

  it('the time left is never negative', async () => {
    const { clock, sequence } = setUp();
    sequence.adopt(hanging);
    void sequence.start(CLOSE);
    await clock.advance(60_000);
    expect(sequence.state).toBe('closing');
    expect(sequence.remainingMs()).toBe(0);
  });
});

describe('the drain', () => {
  it('ends as soon as nothing is in flight', async () => {
    const { clock, sequence, states, jobs } = setUp();
    const others = new Jobs(clock, 2);
    sequence.addParticipant(others);
    void sequence.start(SIGTERM);
    await clock.advance(6000);
    jobs.finish();
    await clock.advance(250);
    expect(sequence).toMatchObject({ state: 'draining', inFlight: 2 });
    others.finish();
    await clock.flush();
    expect(states.at(-1)).toEqual(['closed', 6250]);
  });

  it('is not held up by a participant that throws, and the outcome names it', async () => {
    const { clock, sequence, jobs } = setUp();
    const error = new Error('broken');
    const seen: ShutdownFailure[] = [];
    sequence.observe({ failed: (failure) => void seen.push(failure) });
    sequence.addParticipant(stubborn({ name: 'broken', drain: () => Promise.reject(error) }));
    const outcome = sequence.start(SIGTERM);
    await clock.advance(6000);
    jobs.finish();
    await clock.flush();
    const failures = [{ where: 'participant broken', error }];
    await expect(outcome).resolves.toMatchObject({ forced: false, failures });
    expect(seen).toEqual(failures);
  });

  it('does not wait for a removed participant', async () => {
    const { clock, sequence, jobs } = setUp();
    const remove = sequence.addParticipant(stubborn());
    remove();
    jobs.finish();
    void sequence.start(CLOSE);
    await clock.flush();
    expect(sequence.state).toBe('closed');
  });
});

describe('the deadline', () => {
  it.each([
    { drainTimeoutMs: 10_000, deadline: 14_000, end: 15_000, window: 'a second of a long drain' },
    { drainTimeoutMs: 2000, deadline: 6600, end: 7000, window: 'a fifth of a short drain' },
  ])(
    'aborts the drain, with an abort window of $window',
    async ({ drainTimeoutMs, deadline, end }) => {
      const { clock, sequence, states, jobs } = setUp({ drainTimeoutMs });
      void sequence.start(SIGTERM);
      await clock.advance(end);
      expect(states.slice(2)).toEqual([
        ['forcing', deadline],
        ['closing', end],
        ['closed', end],
      ]);
      expect(jobs.told.slice(-2)).toEqual([
        ['deadline', deadline],
        ['force', end],
      ]);
    },
  );

  it('cuts a hanging participant, and names its work in flight', async () => {
    const { clock, sequence, jobs } = setUp();
    const work = [{ label: 'GET OrdersController.create', ageMs: 19_000 }];
    const seen: (readonly DrainTask[])[] = [];
    sequence.observe({ cut: (left) => void seen.push(left) });
    sequence.addParticipant(stubborn({ tasks: () => work }));
    jobs.finish();
    const outcome = sequence.start(SIGTERM);
    await clock.advance(15_000);
    await expect(outcome).resolves.toMatchObject({ forced: true, cut: work, failures: [] });
    expect(seen).toEqual([work]);
  });

  it('cuts nothing if the work reacts to it', async () => {
    const { clock, sequence, states, jobs } = setUp();
    sequence.deadlineSignal.addEventListener('abort', () => jobs.finish());
    const outcome = sequence.start(SIGTERM);
    await clock.advance(14_000);
    await expect(outcome).resolves.toMatchObject({ forced: true, cut: [] });
    expect(states.at(-1)).toEqual(['closed', 14_000]);
    expect(jobs.told.map(([what]) => what)).not.toContain('force');
  });

  it('reports no cut if nothing was in flight', async () => {
    const { clock, sequence, jobs } = setUp();
    const seen: unknown[] = [];
    sequence.observe({ cut: (left) => void seen.push(left) });
    sequence.addParticipant(stubborn({ active: () => 0 }));
    jobs.finish();
    const outcome = sequence.start(SIGTERM);
    await clock.advance(15_000);
    await expect(outcome).resolves.toMatchObject({ forced: true, cut: [] });
    expect(seen).toEqual([]);
  });

  it('is no failure for a drain of 0 ms with nothing to do', async () => {
    const { clock, sequence, jobs } = setUp({ drainTimeoutMs: 0 });
    jobs.finish();
    const outcome = sequence.start(SIGTERM);
    await clock.advance(5000);
    await expect(outcome).resolves.toMatchObject({ forced: false, cut: [] });
  });

  it.each<{ what: string; parts?: Partial<DrainParticipant>; teardown?: Teardown }>([
    { what: 'a drain', parts: {} },
    { what: 'an early stopIntake', parts: { stopsAt: 'grace', stopIntake: () => NEVER } },
    { what: 'a late stopIntake', parts: { stopIntake: () => NEVER } },
    { what: 'the teardown', teardown: hanging },
    { what: 'a drain and the teardown', parts: {}, teardown: hanging },
  ])('is kept whatever hangs: $what', async ({ parts, teardown }) => {
    const { clock, sequence, jobs } = setUp();
    jobs.finish();
    if (parts !== undefined) sequence.addParticipant(stubborn(parts));
    if (teardown !== undefined) sequence.adopt(teardown);
    void sequence.start(SIGTERM);
    await clock.advance(17_000);
    expect(sequence.state).toBe('closed');
  });
});

describe('cutNow()', () => {
  it('skips the rest of the grace period, the drain and the abort window', async () => {
    const { clock, sequence, states, jobs } = setUp();
    const outcome = sequence.start(SIGTERM);
    await clock.advance(1000);
    sequence.cutNow();
    await clock.flush();
    expect(states).toEqual([
      ['grace', 0],
      ['forcing', 1000],
      ['closing', 1000],
      ['closed', 1000],
    ]);
    expect(jobs.told.at(-1)).toEqual(['force', 1000]);
    await expect(outcome).resolves.toMatchObject({ forced: true, cut: [{ label: 'jobs' }] });
  });

  it.each([
    { when: 'the drain', at: 7000, forcing: 7000 },
    { when: 'the abort window', at: 14_300, forcing: 14_000 },
  ])('skips the rest of $when', async ({ at, forcing }) => {
    const { clock, sequence, states, jobs } = setUp();
    void sequence.start(SIGTERM);
    await clock.advance(at);
    sequence.cutNow();
    await clock.flush();
    expect(states.slice(2)).toEqual([
      ['forcing', forcing],
      ['closing', at],
      ['closed', at],
    ]);
    expect(jobs.told.slice(-2)).toEqual([
      ['deadline', forcing],
      ['force', at],
    ]);
  });

  it('skips everything but the time of the teardown', async () => {
    const { clock, sequence } = setUp();
    const left: (readonly [state: string, ms: number])[] = [];
    sequence.observe({ entered: (state) => void left.push([state, sequence.remainingMs()]) });
    void sequence.start(CLOSE);
    sequence.cutNow();
    await clock.flush();
    expect(left).toContainEqual(['forcing', 2000]);
    expect(left).toContainEqual(['closing', 2000]);
  });

  it('leaves a running teardown its closeTimeoutMs, and does not count as a cut after a clean drain', async () => {
    const { clock, sequence, jobs } = setUp();
    sequence.adopt(hanging);
    jobs.finish();
    const outcome = sequence.start(SIGTERM);
    await clock.advance(5500);
    expect(sequence.remainingMs()).toBe(11_500);
    sequence.cutNow();
    await clock.advance(1999);
    expect(sequence.state).toBe('closing');
    expect(sequence.remainingMs()).toBe(1);
    await clock.advance(1);
    await expect(outcome).resolves.toMatchObject({ forced: false, took: { close: 2500 } });
  });
});

describe('the teardown', () => {
  it('begins after the drain, and gets the trigger and the outcome', async () => {
    const { clock, sequence, jobs } = setUp();
    const told: [ShutdownTrigger, number][] = [];
    const failure = { where: 'OrdersModule.onModuleDestroy', error: new Error('no such table') };
    sequence.adopt({
      run: (trigger, observer) => {
        told.push([trigger, clock.now()]);
        observer.failed(failure);
        return sleep(clock, 500);
      },
      unfinished: () => [],
    });
    const outcome = sequence.start(SIGTERM);
    await clock.advance(7000);
    jobs.finish();
    await clock.advance(500);
    expect(told).toEqual([[SIGTERM, 7000]]);
    await expect(outcome).resolves.toEqual({
      trigger: SIGTERM,
      forced: false,
      cut: [],
      failures: [failure],
      took: { grace: 5000, drain: 2000, close: 500 },
    });
  });

  it('is a failure of close() if it cannot go on', async () => {
    const { clock, sequence, jobs } = setUp();
    const error = new Error('not initialised');
    sequence.adopt({ ...hanging, run: () => Promise.reject(error) });
    jobs.finish();
    const outcome = sequence.start(CLOSE);
    await clock.flush();
    await expect(outcome).resolves.toMatchObject({ failures: [{ where: 'close()', error }] });
  });

  it('has all the time that the drain did not use', async () => {
    const { clock, sequence, jobs } = setUp();
    sequence.adopt({ ...hanging, run: () => sleep(clock, 9000) });
    const outcome = sequence.start(SIGTERM);
    await clock.advance(7000);
    jobs.finish();
    await clock.flush();
    expect(sequence.state).toBe('closing');
    expect(sequence.remainingMs()).toBe(10_000);
    await clock.advance(9000);
    await expect(outcome).resolves.toMatchObject({ failures: [], took: { close: 9000 } });
  });

  it('has closeTimeoutMs, less the share of a flush, if the drain needs all of its time', async () => {
    const { clock, sequence } = setUp();
    sequence.addFlush({ timeoutMs: 800, run: () => NEVER });
    sequence.adopt(hanging);
    const outcome = sequence.start(SIGTERM);
    await clock.advance(15_000);
    expect(sequence.state).toBe('closing');
    expect(sequence.teardownRemainingMs()).toBe(1200);
    await clock.advance(2000);
    await expect(outcome).resolves.toMatchObject({
      failures: [{ error: { message: expect.stringContaining('within 1200 ms') } }],
      took: { close: 2000 },
    });
  });

  it('is abandoned if it takes too long, and its unfinished hooks are named', async () => {
    const { clock, sequence, jobs } = setUp();
    sequence.adopt(hanging);
    jobs.finish();
    const outcome = sequence.start(CRASH);
    await clock.advance(12_000);
    await expect(outcome).resolves.toMatchObject({
      failures: [
        {
          where: 'OrdersModule.onModuleDestroy',
          error: {
            code: 'ERR_SHUTDOWN_CLOSE_TIMEOUT',
            message: expect.stringMatching(/within 12000 ms.*closeTimeoutMs is 2000/),
          },
        },
      ],
      took: { close: 12_000 },
    });
  });

  it('is not bounded for a caller of close(), but reported if it takes too long', async () => {
    const { clock, sequence, jobs } = setUp();
    const seen: string[] = [];
    sequence.observe({ failed: ({ where }) => void seen.push(where) });
    sequence.adopt({
      ...hanging,
      run: () => sleep(clock, 60_000),
    });
    jobs.finish();
    const outcome = sequence.start(CLOSE);
    await clock.advance(1999);
    expect(seen).toEqual([]);
    await clock.advance(58_000);
    expect(seen).toEqual(['OrdersModule.onModuleDestroy']);
    expect(sequence.state).toBe('closing');
    await clock.advance(1);
    await expect(outcome).resolves.toMatchObject({ took: { close: 60_000 } });
  });
});

describe('one shutdown runs, however often it is requested:', () => {
  it('later requests get the promise of the first', async () => {
    const { clock, sequence, states, jobs } = setUp();
    jobs.finish();
    const outcome = sequence.start(CLOSE);
    expect(sequence.start(CLOSE)).toBe(outcome);
    await clock.flush();
    expect(sequence.start(SIGTERM)).toBe(outcome);
    await clock.advance(60_000);
    expect(states.map(([state]) => state)).toEqual(['grace', 'draining', 'closing', 'closed']);
  });

  it('a signal of the same tick as a close() has its grace period', async () => {
    const { clock, sequence, states } = setUp();
    void sequence.start(CLOSE);
    void sequence.start(SIGTERM);
    await clock.advance(4999);
    expect(sequence.trigger).toBe(SIGTERM);
    expect(states).toEqual([['grace', 0]]);
  });

  it('close() alone does not end the process', () => {
    const { sequence } = setUp();
    expect(sequence.endsProcess).toBe(false);
    void sequence.start(CLOSE);
    expect(sequence.endsProcess).toBe(false);
  });

  it('a signal that joins a close() makes it end the process and bounds its teardown', async () => {
    const { clock, sequence, jobs } = setUp();
    sequence.adopt(hanging);
    const outcome = sequence.start(CLOSE);
    await clock.flush();
    void sequence.start(SIGTERM);
    expect(sequence.endsProcess).toBe(true);
    expect(sequence.trigger).toBe(CLOSE);
    jobs.finish();
    await clock.advance(12_000);
    await expect(outcome).resolves.toMatchObject({ trigger: CLOSE, took: { grace: 0 } });
  });
});

describe('an observer of a shutdown', () => {
  it('gets the outcome in state closed', async () => {
    const { clock, sequence, jobs } = setUp();
    const told: unknown[] = [];
    sequence.observe({ closed: (outcome) => void told.push(outcome, sequence.state) });
    jobs.finish();
    const outcome = sequence.start(CLOSE);
    await clock.flush();
    expect(told).toEqual([await outcome, 'closed']);
  });

  it('gets nothing more once it is removed', () => {
    const { sequence } = setUp();
    const heard: string[] = [];
    const leave = sequence.observe({ entered: (state) => void heard.push(state) });
    leave();
    void sequence.start(CLOSE);
    expect(heard).toEqual([]);
  });
});
