import { describe, expect, it } from 'vitest';

import { FakeClock } from '../testing/fake-clock.js';
import { FakeProcess } from '../testing/fake-process.js';
import type { DrainParticipant } from './drain-participant.js';
import type { ProcessMember } from './process-member.js';
import { ProcessShutdown } from './process-shutdown.js';
import type { ShutdownBudget } from './shutdown-budget.js';
import type { ProcessObserver } from './shutdown-observer.js';
import { ShutdownSequence } from './shutdown-sequence.js';

const BUDGET: ShutdownBudget = {
  gracePeriodMs: 5000,
  drainTimeoutMs: 10_000,
  closeTimeoutMs: 2000,
};
const NEVER = new Promise<never>(() => {});

/** Never ends by itself. */
const stuck: DrainParticipant = { name: 'stuck', active: () => 1, drain: () => NEVER };

const broken: DrainParticipant = {
  name: 'broken',
  active: () => 0,
  drain: () => Promise.reject(new Error('broken')),
};

function stopKafka(): void {}

/** As version 3 has it, for each signal. */
function listenerOfSignalExit(emitter = { count: 1 }): () => boolean {
  return function listener() {
    const listeners = process.listeners('SIGTERM');
    return listeners.length === emitter.count;
  };
}

/** An application of the process; writes down what it is told. */
class Member implements ProcessMember, ProcessObserver {
  signals: readonly NodeJS.Signals[] = ['SIGTERM', 'SIGINT'];
  leavesOnCrash = false;
  created = true;
  starting = false;
  server = true;
  readonly told: string[] = [];
  /** What the process was going to end with, each time it was. */
  readonly exitCodes: number[] = [];
  readonly sequence: ShutdownSequence;
  #torn = () => {};

  constructor(clock: FakeClock, budget: Partial<ShutdownBudget> = {}) {
    this.sequence = new ShutdownSequence({ ...BUDGET, ...budget }, clock);
    this.sequence.observe(this);
  }

  /** Takes until `tearDown()` to be closed. */
  closesSlowly(): this {
    this.sequence.adopt({
      run: () => new Promise((resolve) => (this.#torn = () => resolve())),
      unfinished: () => ['close()'],
    });
    return this;
  }

  tearDown(): void {
    this.#torn();
  }

  isCreated(): boolean {
    return this.created;
  }

  isStarting(): boolean {
    return this.starting;
  }

  isServer(): boolean {
    return this.server;
  }

  isReachable(): boolean {
    return this.server;
  }

  crashedLate(error: unknown): void {
    this.told.push(`crashed late: ${String(error)}`);
  }

  gaveUp(resources: readonly string[], code: number): void {
    this.told.push(`gave up ${resources.join(' and ')}: ${code}`);
  }

  crashed(error: unknown): void {
    this.told.push(`crashed: ${String(error)}`);
  }

  foreignListener(signal: NodeJS.Signals, name: string): void {
    this.told.push(`${signal}: ${name}`);
  }

  held(resources: readonly string[]): void {
    this.told.push(`held by ${resources.join(' and ')}`);
  }

  exits(code: number): void {
    this.exitCodes.push(code);
  }
}

/** A process with one application, and what it takes to add others. */
function setUp(parts: Partial<Member> = {}, participant?: DrainParticipant) {
  const clock = new FakeClock();
  const port = new FakeProcess();
  const shutdown = new ProcessShutdown(port, clock);
  const add = (member: Member) => ({ member, leave: shutdown.join(member) });
  const { member, leave } = add(Object.assign(new Member(clock), parts));
  if (participant !== undefined) member.sequence.addParticipant(participant);
  return { clock, port, shutdown, add, member, leave };
}

/** A process in which nothing listens. */
function job(parts: Partial<Member> = {}) {
  return setUp({ server: false, ...parts });
}

const stateOf = ({ sequence }: Member) => sequence.state;

describe('signals', () => {
  it('start the shutdown of all applications with the first one', async () => {
    const { clock, port, add, member } = setUp();
    const { member: other } = add(new Member(clock));
    port.emit('SIGTERM');
    expect([member, other].map(stateOf)).toEqual(['grace', 'grace']);
    expect(other.sequence.trigger).toEqual({ kind: 'signal', signal: 'SIGTERM', typed: false });
    await clock.advance(4999);
    expect(port.exits).toEqual([]);
    expect(port.idleExits).toEqual([]);
  });

  it('cut all applications with the second one, and exit at once with the third', async () => {
    const { clock, port, add, member } = setUp({}, stuck);
    const { member: other } = add(new Member(clock).closesSlowly());
    member.closesSlowly();
    port.emit('SIGTERM');
    await clock.advance(1000);
    port.emit('SIGTERM');
    await clock.flush();
    expect([member, other].map(stateOf)).toEqual(['closing', 'closing']);
    expect(member.sequence.deadlineSignal.aborted).toBe(true);
    expect(port.exits).toEqual([]);
    await clock.advance(1000);
    port.emit('SIGTERM');
    expect(port.exits).toEqual([1]);
  });

  it.each([
    { afterMs: 149, signal: 'SIGINT', forced: false, what: 'an echo of the first' },
    { afterMs: 150, signal: 'SIGINT', forced: true, what: 'a second one' },
    { afterMs: 0, signal: 'SIGTERM', forced: true, what: 'a second one' },
  ] as const)(
    'count a $signal $afterMs ms after a SIGINT as $what',
    async ({ afterMs, signal, forced }) => {
      const { clock, port, member } = setUp({}, stuck);
      port.emit('SIGINT');
      await clock.advance(afterMs);
      port.emit(signal);
      await clock.flush();
      expect(member.sequence.deadlineSignal.aborted).toBe(forced);
    },
  );

  it('count a Ctrl-C held down as a second signal', async () => {
    const { clock, port, member } = setUp({}, stuck);
    for (let at = 0; at < 150; at += 30) {
      port.emit('SIGINT');
      await clock.advance(30);
    }
    expect(member.sequence.deadlineSignal.aborted).toBe(false);
    port.emit('SIGINT');
    await clock.flush();
    expect(member.sequence.deadlineSignal.aborted).toBe(true);
  });

  it.each([
    { signal: 'SIGINT', terminal: true, state: 'draining', grace: 'no' },
    { signal: 'SIGINT', terminal: false, state: 'grace', grace: 'a' },
    { signal: 'SIGTERM', terminal: true, state: 'grace', grace: 'a' },
  ] as const)(
    'have $grace grace period for $signal if there is a terminal: $terminal',
    async ({ signal, terminal, state }) => {
      const { clock, port, member } = setUp({}, stuck);
      port.terminal = terminal;
      port.emit(signal);
      await clock.flush();
      expect(stateOf(member)).toBe(state);
    },
  );

  it('join a running shutdown with the first one, and force nothing', async () => {
    const { clock, port, shutdown, member } = setUp({}, stuck);
    const leaving = shutdown.leave({ kind: 'request' });
    await clock.advance(1000);
    port.emit('SIGTERM');
    await clock.flush();
    expect(stateOf(member)).toBe('grace');
    expect(shutdown.leave({ kind: 'request' })).toBe(leaving);
  });
});

describe('signal listeners', () => {
  it('are added once for several applications, and removed when the last has left', () => {
    const { clock, port, add, leave } = setUp();
    const { leave: leaveToo } = add(new Member(clock));
    expect(port.subscribed).toEqual(['SIGTERM', 'SIGINT']);
    leave();
    expect(port.signals).toEqual(['SIGINT', 'SIGTERM']);
    leaveToo();
    expect(port.signals).toEqual([]);
  });

  it('change with the options of an application, and leave the others alone', () => {
    const { port, shutdown, member } = setUp();
    member.signals = ['SIGTERM', 'SIGHUP'];
    shutdown.refresh();
    expect(port.signals).toEqual(['SIGHUP', 'SIGTERM']);
    expect(port.subscribed).toEqual(['SIGTERM', 'SIGINT', 'SIGHUP']);
    member.signals = ['SIGINT'];
    shutdown.refresh();
    expect(port.signals).toEqual(['SIGINT']);
  });

  it('listen for crashes only if an application asks for it', () => {
    const { clock, port, shutdown, add, leave } = setUp();
    expect(port.listensToCrashes).toBe(false);
    const { member, leave: leaveToo } = add(
      Object.assign(new Member(clock), { leavesOnCrash: true }),
    );
    expect(port.listensToCrashes).toBe(true);
    leave();
    expect(port.listensToCrashes).toBe(true);
    member.leavesOnCrash = false;
    shutdown.refresh();
    expect(port.listensToCrashes).toBe(false);
    leaveToo();
  });

  it('of other code are named once, at the first signal at the latest', () => {
    const { port, shutdown, member } = setUp();
    port.addListener('SIGTERM', stopKafka);
    port.addListener('SIGINT', stopKafka);
    shutdown.nameForeignListeners();
    expect(member.told).toEqual(['SIGTERM: stopKafka']);
    port.addListener('SIGTERM', () => {});
    port.emit('SIGTERM');
    expect(member.told).toEqual(['SIGTERM: stopKafka', expect.stringMatching(/^SIGTERM: \(\) =>/)]);
  });
});

describe('the end of the process', () => {
  it('comes when the last application is closed', async () => {
    const { clock, port, add, member } = setUp();
    const { member: other } = add(new Member(clock).closesSlowly());
    port.emit('SIGTERM');
    await clock.advance(5000);
    expect([member, other].map(stateOf)).toEqual(['closed', 'closing']);
    expect(port.idleExits).toEqual([]);
    other.tearDown();
    await clock.flush();
    expect(port.idleExits).toEqual([{ code: 0, waitMs: 100 }]);
    expect(port.exits).toEqual([]);
    expect(clock.timers).toBe(0);
  });

  it.each([
    { what: 'all went well', code: 0 },
    { what: 'work was cut', participant: stuck, code: 1 },
    { what: 'something failed', participant: broken, code: 1 },
    { what: 'it began with a crash', crash: new Error('boom'), code: 1 },
  ])('exits with $code if $what', async ({ participant, crash, code }) => {
    const { clock, port, add } = setUp({ leavesOnCrash: true }, participant);
    add(new Member(clock));
    if (crash === undefined) port.emit('SIGTERM');
    else port.crash(crash);
    await clock.advance(15_000);
    expect(port.idleExits).toEqual([{ code, waitMs: 100 }]);
    expect(port.exits).toEqual([]);
  });

  it('comes after a crash when all applications have left without a grace period', () => {
    const { clock, port, add, member } = setUp({ leavesOnCrash: true });
    const { member: other } = add(new Member(clock));
    port.crash(new Error('boom'));
    expect(member.told).toEqual(['crashed: Error: boom']);
    expect(other.told).toEqual(['crashed: Error: boom']);
    expect(other.sequence.remainingMs()).toBe(12_000);
  });

  it('comes at once, with 0, if no application has been created yet', async () => {
    const { clock, port, member } = setUp({ created: false });
    port.emit('SIGTERM');
    await clock.flush();
    expect(port.exits).toEqual([0]);
    expect(port.watchdogs).toEqual([]);
    expect(stateOf(member)).toBe('running');
  });

  it.each([
    { first: 'closes well', code: 0 },
    { first: 'fails', participant: broken, code: 1 },
  ])(
    'waits for an application that is created while another one $first, and exits with $code',
    async ({ participant, code }) => {
      const { clock, port, add, member } = setUp({}, participant);
      const late = Object.assign(new Member(clock), { created: false });
      add(late.closesSlowly());
      member.closesSlowly();
      port.emit('SIGTERM');
      await clock.advance(5500);
      late.created = true;
      member.tearDown();
      await clock.flush();
      expect([member, late].map(stateOf)).toEqual(['closed', 'grace']);
      await clock.advance(5000);
      expect(port.idleExits).toEqual([]);
      late.tearDown();
      await clock.flush();
      expect(port.idleExits).toEqual([{ code, waitMs: 100 }]);
    },
  );

  it('is left to applications that keep their deadline, so that they can name what hangs', async () => {
    const { clock, port, member } = setUp({}, stuck);
    member.closesSlowly();
    const failed: string[] = [];
    member.sequence.observe({ failed: ({ where }) => void failed.push(where) });
    port.emit('SIGTERM');
    await clock.advance(17_000);
    expect(failed).toEqual(['close()']);
    expect(port.idleExits).toEqual([{ code: 1, waitMs: 100 }]);
    await clock.advance(60_000);
    expect(port.exits).toEqual([]);
  });

  it('comes just after the deadline with 1, whatever the application does', async () => {
    const { clock, port, member } = setUp();
    member.sequence.start = () => NEVER;
    port.emit('SIGTERM');
    await clock.advance(17_000);
    expect(port.exits).toEqual([]);
    await clock.advance(50);
    expect(port.exits).toEqual([1]);
    expect(port.idleExits).toEqual([]);
  });

  it('comes closeTimeoutMs later if a plain close() already hangs', async () => {
    const { clock, port, member } = setUp();
    member.closesSlowly();
    void member.sequence.start({ kind: 'close' });
    await clock.advance(60_000);
    expect(stateOf(member)).toBe('closing');
    port.emit('SIGTERM');
    await clock.advance(1999);
    expect(stateOf(member)).toBe('closing');
    await clock.advance(1);
    expect(stateOf(member)).toBe('closed');
    expect(port.idleExits).toMatchObject([{ code: 1 }]);
  });

  it('is guarded by a watchdog that bites shortly after the longest budget', () => {
    const { clock, port, add } = setUp();
    add(new Member(clock, { drainTimeoutMs: 50_000 }));
    add(new Member(clock, { drainTimeoutMs: 1000 }));
    port.emit('SIGTERM');
    expect(port.watchdogs).toEqual([57_200]);
  });

  it('is guarded before anything of the application hears of the shutdown', () => {
    const { port, member } = setUp();
    let guarded = 0;
    member.sequence.intakeSignal.addEventListener('abort', () => (guarded = port.watchdogs.length));
    port.emit('SIGTERM');
    expect(guarded).toBe(1);
    expect(port.watchdogs).toHaveLength(1);
  });

  it.each([
    { does: 'names', what: 'a clean end', told: ['held by TCPSocketWrap and Timeout'] },
    {
      does: 'does not name',
      what: 'a failure, which has its own line',
      participant: broken,
      told: [],
    },
  ])('$does what keeps the event loop alive after $what', async ({ participant, told }) => {
    const { clock, port, member } = setUp({}, participant);
    port.emit('SIGTERM');
    await clock.advance(5000);
    port.hold('TCPSocketWrap', 'Timeout');
    expect(member.told).toEqual(told);
  });
});

describe('a shutdown that is requested from within', () => {
  it('joins the one that runs', async () => {
    const { clock, port, shutdown, member } = setUp();
    member.sequence.intakeSignal.addEventListener('abort', () => {
      void shutdown.leave({ kind: 'request' });
    });
    port.emit('SIGTERM');
    await clock.advance(20_000);
    expect(port.watchdogs).toHaveLength(1);
    expect(port.idleExits).toHaveLength(1);
  });
});

describe('a process without a server', () => {
  it('has no grace period, unless another process serves', async () => {
    const { clock, port, member } = job();
    member.closesSlowly();
    port.emit('SIGTERM');
    await clock.flush();
    expect(stateOf(member)).toBe('closing');
    const served = job();
    served.port.serves = true;
    served.port.emit('SIGTERM');
    await served.clock.flush();
    expect(stateOf(served.member)).toBe('grace');
  });

  it.each([
    { signal: 'SIGTERM', isIdle: true, code: 0 },
    { signal: 'SIGTERM', isIdle: false, code: 143 },
    { signal: 'SIGINT', isIdle: false, code: 130 },
  ] as const)('exits on $signal with $code if nothing is left to do: $isIdle', async (row) => {
    const { clock, port, member } = job();
    port.isIdle = row.isIdle;
    port.emit(row.signal);
    await clock.flush();
    if (!row.isIdle) port.hold('Timeout');
    expect(member.exitCodes).toEqual([row.code]);
    expect(port.exits).toEqual(row.isIdle ? [] : [row.code]);
    expect(member.told).toEqual(row.isIdle ? [] : [`gave up Timeout: ${row.code}`]);
  });

  it('counts as interrupted if its job fails at the end', async () => {
    const { clock, port, member } = job();
    port.isIdle = false;
    port.emit('SIGTERM');
    await clock.flush();
    port.crash(new Error('the pool is closed'));
    port.hold();
    expect(member.told).toContain('crashed late: Error: the pool is closed');
    expect(member.exitCodes).toEqual([143]);
  });

  it('does not exit with 0 if it is interrupted at its start', async () => {
    const { clock, port } = job({ created: false });
    port.emit('SIGTERM');
    await clock.flush();
    expect(port.exits).toEqual([143]);
  });
});

describe('an uncaught error during the shutdown', () => {
  it.each([
    { isTaken: false, code: 1, failures: ['uncaught error'] },
    { isTaken: true, code: 0, failures: [] },
  ])(
    'is a failure but does not end it, unless the application handles it: $isTaken',
    async (row) => {
      const { clock, port, member } = setUp();
      const failures: string[] = [];
      member.sequence.observe({ failed: ({ where }) => void failures.push(where) });
      expect(port.listensToCrashes).toBe(false);
      port.emit('SIGTERM');
      expect(port.listensToCrashes).toBe(true);
      port.takesErrors = row.isTaken;
      port.crash(new Error('boom'));
      await clock.advance(20_000);
      expect(stateOf(member)).toBe('closed');
      expect(failures).toEqual(row.failures);
      expect(port.idleExits).toMatchObject([{ code: row.code }]);
    },
  );

  it('changes nothing once everything is closed', async () => {
    const { clock, port, member } = setUp();
    port.emit('SIGTERM');
    await clock.advance(20_000);
    port.crash(new Error('boom'));
    expect(member.told).toEqual(['crashed late: Error: boom']);
    expect(member.exitCodes).toEqual([0]);
  });
});

it('a process that other code ends tells its applications', () => {
  const { port, member } = setUp();
  port.emit('SIGTERM');
  port.end(3);
  expect(member.exitCodes).toEqual([3]);
});

it('a known package with signal listeners is named once', () => {
  const { port, shutdown, member } = setUp();
  port.addListener('SIGTERM', listenerOfSignalExit());
  port.addListener('SIGINT', listenerOfSignalExit());
  shutdown.nameForeignListeners();
  expect(member.told).toEqual(['SIGTERM: signal-exit']);
});

describe('a crash', () => {
  it('ends the process with 1 before any application is created', async () => {
    const { clock, port } = setUp({ leavesOnCrash: true, created: false });
    port.crash(new Error('boom'));
    await clock.flush();
    expect(port.exits).toEqual([1]);
  });

  it('makes the exit code 1 while the applications leave', async () => {
    const { clock, port } = setUp({ leavesOnCrash: true });
    port.emit('SIGTERM');
    await clock.advance(100);
    port.crash(new Error('boom'));
    await clock.advance(20_000);
    expect(port.idleExits).toMatchObject([{ code: 1 }]);
  });
});

it('an application that joins after the second signal is forced like the others', async () => {
  const { clock, port, add, member } = setUp();
  member.closesSlowly();
  port.emit('SIGTERM');
  await clock.advance(1000);
  port.emit('SIGTERM');
  await clock.flush();
  const { member: late } = add(new Member(clock));
  member.tearDown();
  await clock.flush();
  expect(stateOf(late)).toBe('closed');
});

it('a process that is still starting exits explicitly instead of waiting for an empty event loop', async () => {
  const { clock, port } = setUp({ starting: true });
  port.emit('SIGTERM');
  await clock.advance(20_000);
  expect(port.exits).toEqual([0]);
  expect(port.idleExits).toEqual([]);
});
