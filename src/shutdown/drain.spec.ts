import { describe, expect, it } from 'vitest';

import { FakeClock } from '../testing/fake-clock.js';
import type { DrainParticipant } from './drain-participant.js';
import { Drain } from './drain.js';
import type { ShutdownFailure } from './shutdown-outcome.js';
import { sleep } from './within.js';

const NEVER = new Promise<never>(() => {});
const DEADLINE = new AbortController().signal;
const BROKEN = new Error('broken');

/** What may happen in a participant's method, other than that it works. */
const breaks = {
  throws: () => {
    throw BROKEN;
  },
  rejects: () => Promise.reject(BROKEN),
};

/** A participant whose work ends when the test says so. */
class Jobs implements DrainParticipant {
  readonly name = 'jobs';
  readonly told: string[] = [];
  #finished = () => {};

  constructor(
    private count = 1,
    readonly stopsAt: NonNullable<DrainParticipant['stopsAt']> = 'draining',
  ) {}

  active(): number {
    return this.count;
  }

  stopIntake(): void | Promise<void> {
    this.told.push('stopIntake');
  }

  async drain(): Promise<void> {
    this.told.push('drain');
    if (this.count > 0) await new Promise<void>((resolve) => (this.#finished = resolve));
  }

  force(): void {
    this.told.push('force');
  }

  begin(): void {
    this.count += 1;
  }

  finish(): void {
    this.count = 0;
    this.#finished();
  }
}

/** A participant that has work in flight, for ever unless a part of it is given. */
function stubborn(parts: Partial<DrainParticipant> = {}): DrainParticipant {
  return { name: 'stubborn', active: () => 1, drain: () => NEVER, ...parts };
}

function setUp(...participants: DrainParticipant[]) {
  const clock = new FakeClock();
  const failures: ShutdownFailure[] = [];
  const drain = new Drain(clock, (failure) => void failures.push(failure));
  for (const participant of participants) drain.add(participant);
  let over = false;
  const run = async (deadline = DEADLINE) => {
    void drain.run(deadline).then(() => (over = true));
    await clock.flush();
  };
  return { clock, drain, failures, run, isOver: () => over };
}

describe('Drain', () => {
  it('is over when the last participant has nothing in flight', async () => {
    const [one, two] = [new Jobs(), new Jobs(3)];
    const { clock, drain, run, isOver } = setUp(one, two);
    await run();
    one.finish();
    await clock.flush();
    expect(isOver()).toBe(false);
    expect(drain.active).toBe(3);
    two.finish();
    await clock.flush();
    expect(isOver()).toBe(true);
    expect(clock.timers).toBe(0);
  });

  it('drains all participants at the same time, each after its intake has stopped', async () => {
    const [slow, quick] = [new Jobs(0), new Jobs(0)];
    const { clock, run, isOver } = setUp(slow, quick);
    slow.stopIntake = () => sleep(clock, 100);
    await run();
    expect(quick.told).toEqual(['stopIntake', 'drain']);
    await clock.advance(99);
    expect(slow.told).toEqual([]);
    await clock.advance(1);
    expect(slow.told).toEqual(['drain']);
    expect(isOver()).toBe(true);
  });

  it('stops each intake once, early for participants that ask for it', async () => {
    const [early, late] = [new Jobs(0, 'grace'), new Jobs(0)];
    const { drain, run } = setUp(early, late);
    drain.stopEarlyIntake();
    expect([early.told, late.told]).toEqual([['stopIntake'], []]);
    await run();
    expect([early.told, late.told]).toEqual([
      ['stopIntake', 'drain'],
      ['stopIntake', 'drain'],
    ]);
  });

  it('stops a `last` intake when the work of the others has ended', async () => {
    const [requests, consumer] = [new Jobs(), new Jobs(1, 'last')];
    const { clock, drain, run, isOver } = setUp(requests, consumer);
    drain.stopEarlyIntake();
    await run();
    expect(consumer.told).toEqual([]);
    requests.finish();
    await clock.flush();
    expect(consumer.told).toEqual(['stopIntake', 'drain']);
    expect(isOver()).toBe(false);
    consumer.finish();
    await clock.flush();
    expect(isOver()).toBe(true);
  });

  it('does not stop a `last` intake before work that the others left behind has ended', async () => {
    const [requests, background, consumer] = [new Jobs(), new Jobs(0), new Jobs(0, 'last')];
    const { clock, run } = setUp(requests, background, consumer);
    await run();
    background.begin();
    requests.finish();
    await clock.flush();
    expect(consumer.told).toEqual([]);
    background.finish();
    await clock.flush();
    expect(consumer.told).toEqual(['stopIntake', 'drain']);
  });

  it('stops a `last` intake even if its own work keeps starting other work', async () => {
    const [requests, consumer] = [new Jobs(), new Jobs(0, 'last')];
    const { clock, run } = setUp(requests, stubborn({ drain: () => Promise.resolve() }), consumer);
    await run();
    requests.finish();
    await clock.flush();
    expect(consumer.told).toEqual(['stopIntake', 'drain']);
  });

  it('stops a `last` intake at the deadline, while others still run', async () => {
    const deadline = new AbortController();
    const consumer = new Jobs(0, 'last');
    const { clock, run } = setUp(stubborn(), consumer);
    await run(deadline.signal);
    expect(consumer.told).toEqual([]);
    deadline.abort();
    await clock.flush();
    expect(consumer.told).toEqual(['stopIntake', 'drain']);
  });

  it('waits for work that appears after its participant had drained', async () => {
    const [first, late] = [new Jobs(), new Jobs(0)];
    const { clock, run, isOver } = setUp(first, late);
    await run();
    late.begin();
    first.finish();
    await clock.advance(1000);
    expect(isOver()).toBe(false);
    late.finish();
    await clock.advance(10);
    expect(isOver()).toBe(true);
    expect(late.told).toEqual(['stopIntake', 'drain', 'drain']);
  });

  it('waits for a participant that is added while it runs', async () => {
    const [first, added] = [new Jobs(), new Jobs()];
    const { clock, drain, run, isOver } = setUp(first);
    await run();
    drain.add(added);
    first.finish();
    await clock.advance(1000);
    expect(added.told).toEqual(['stopIntake', 'drain']);
    expect(isOver()).toBe(false);
    added.finish();
    await clock.advance(10);
    expect(isOver()).toBe(true);
  });

  it('does not wait for a participant that is removed', async () => {
    const { drain, run, isOver } = setUp(new Jobs(0));
    const remove = drain.add(stubborn());
    remove();
    await run();
    expect(isOver()).toBe(true);
  });

  it.each([
    { step: 'announce', how: 'throws' },
    { step: 'stopIntake', how: 'throws' },
    { step: 'stopIntake', how: 'rejects' },
    { step: 'drain', how: 'throws' },
    { step: 'drain', how: 'rejects' },
  ] as const)('records a participant whose $step $how, and waits for the others', async (row) => {
    const jobs = new Jobs();
    const idle = { active: () => 0, drain: () => Promise.resolve() };
    const broken = stubborn({ ...idle, name: 'broken', [row.step]: breaks[row.how] });
    const { clock, drain, failures, run, isOver } = setUp(broken, jobs);
    drain.announce(3000);
    await run();
    expect(failures).toEqual([{ where: 'participant broken', error: BROKEN }]);
    expect(isOver()).toBe(false);
    jobs.finish();
    await clock.advance(10);
    expect(isOver()).toBe(true);
  });

  it('records a participant whose force throws, and cuts the others', () => {
    const jobs = new Jobs();
    const { drain, failures } = setUp(stubborn({ name: 'broken', force: breaks.throws }), jobs);
    drain.cut();
    expect(failures).toEqual([{ where: 'participant broken', error: BROKEN }]);
    expect(jobs.told).toEqual(['stopIntake', 'force']);
  });

  it.each(['announce', 'stopIntake'] as const)(
    'still awaits the work of a participant whose %s throws',
    async (step) => {
      const jobs = Object.assign(new Jobs(), { [step]: breaks.throws });
      const { clock, drain, run, isOver } = setUp(jobs);
      drain.announce(3000);
      await run();
      expect(isOver()).toBe(false);
      jobs.finish();
      await clock.advance(10);
      expect(isOver()).toBe(true);
    },
  );

  it('records a participant that throws when asked only once, and waits for the others', async () => {
    const jobs = new Jobs();
    const broken = stubborn({
      active: breaks.throws,
      tasks: breaks.throws,
      drain: async () => {},
    });
    const { clock, drain, failures, run, isOver } = setUp(broken, jobs);
    await run();
    expect([drain.active, drain.tasks()]).toEqual([1, [{ label: 'jobs' }]]);
    expect(failures).toHaveLength(1);
    jobs.finish();
    await clock.advance(10);
    expect(isOver()).toBe(true);
  });

  it('knows which participants have nothing in flight and yet have not finished', async () => {
    const { drain, run } = setUp(new Jobs(), stubborn({ name: 'hanging', active: () => 0 }));
    await run();
    expect(drain.unfinished()).toEqual(['participant hanging']);
  });

  it('asks no participant again once it has cut what was left', async () => {
    const [first, late] = [new Jobs(), new Jobs(0)];
    const { clock, drain, run, isOver } = setUp(first, late);
    await run();
    late.begin();
    drain.cut();
    first.finish();
    await clock.advance(10);
    expect(isOver()).toBe(true);
    expect(clock.timers).toBe(0);
  });

  it('stops waiting to ask again once it has cut what was left', async () => {
    let asked = 0;
    const insatiable = stubborn({ drain: async () => void (asked += 1) });
    const { clock, drain, run, isOver } = setUp(insatiable);
    await run();
    expect(clock.timers).toBe(1);
    drain.cut();
    await clock.flush();
    expect(isOver()).toBe(true);
    expect(asked).toBe(1);
    expect(clock.timers).toBe(0);
  });

  it('names tasks in flight, the oldest first, and unnamed ones by their participant', () => {
    const request = { label: 'GET /orders', ageMs: 20 };
    const nightly = { label: 'nightly', ageMs: 900 };
    const { drain } = setUp(
      new Jobs(2),
      stubborn({ tasks: () => [request] }),
      stubborn({ tasks: () => [nightly] }),
    );
    const all = [nightly, request, { label: 'jobs' }, { label: 'jobs' }];
    expect(drain.tasks()).toEqual(all);
    expect(drain.cut()).toEqual(all);
  });

  it('collects the summaries of participants', () => {
    const { drain } = setUp(
      stubborn({ summary: () => '12 requests answered' }),
      stubborn({ summary: () => undefined }),
      stubborn(),
    );
    expect(drain.states().flatMap(({ summary }) => summary ?? [])).toEqual([
      '12 requests answered',
    ]);
  });
});
