import { describe, expect, it } from 'vitest';

import { FakeClock } from '../testing/fake-clock.js';
import { FakeProcess } from '../testing/fake-process.js';
import type { DrainParticipant } from './drain-participant.js';
import type { ProcessMember } from './process-member.js';
import { ProcessShutdown } from './process-shutdown.js';
import { ShutdownSequence } from './shutdown-sequence.js';

function nothing(): void {}

const BUDGET = { gracePeriodMs: 5000, drainTimeoutMs: 10_000, closeTimeoutMs: 2000 };
const RESTART = { kind: 'restart' } as const;
const STOP = { kind: 'signal', signal: 'SIGTERM', typed: false } as const;
const WATCHDOG_MARGIN_MS = 200;

/** Has idle peers that stay until they are let go. */
function setUp() {
  const clock = new FakeClock();
  const port = new FakeProcess();
  const shutdown = new ProcessShutdown(port, clock);
  const add = () => {
    const sequence = new ShutdownSequence(BUDGET, clock);
    let finish = nothing;
    const http: DrainParticipant = {
      name: 'http',
      active: () => 0,
      drain: () => new Promise((resolve) => (finish = resolve)),
      idleMs: () => 73_000,
    };
    sequence.addParticipant(http);
    const member: ProcessMember = {
      sequence,
      signals: [],
      leavesOnCrash: false,
      isCreated: () => true,
      isStarting: () => false,
      isServer: () => true,
      isReachable: () => true,
    };
    shutdown.join(member);
    return { sequence, finish: () => finish() };
  };
  return { clock, port, shutdown, add, ...add() };
}

describe('a process that leaves for a restart', () => {
  it('has as long as its idle peers may stay', async () => {
    const { clock, port, shutdown, sequence, finish } = setUp();
    expect(shutdown.isLeaving).toBe(false);
    void shutdown.leave(RESTART);
    expect(shutdown.isLeaving).toBe(true);
    expect(port.watchdogs).toEqual([76_000 + WATCHDOG_MARGIN_MS]);
    await clock.advance(70_000);
    expect(sequence.state).toBe('draining');
    finish();
    await clock.flush();
    expect(port.idleExits).toMatchObject([{ code: 0 }]);
    expect(port.exits).toEqual([]);
  });

  it('has to leave inside its budget once it is told to stop', async () => {
    const { clock, port, shutdown, sequence } = setUp();
    void shutdown.leave(RESTART);
    await clock.advance(1000);
    void shutdown.leave(STOP);
    expect(sequence.isAwaited).toBe(true);
    expect(sequence.remainingMs()).toBe(12_000);
    expect(port.watchdogs.at(-1)).toBeLessThanOrEqual(17_000 + WATCHDOG_MARGIN_MS);
    void shutdown.leave(STOP);
    expect(port.watchdogs).toHaveLength(2);
  });

  it('is gone in time after a stop, even if a hook of an earlier close() hangs', async () => {
    const { clock, port, shutdown, sequence, finish } = setUp();
    sequence.adopt({ run: () => new Promise(() => {}), unfinished: () => ['a hook'] });
    void sequence.start({ kind: 'close' });
    await clock.flush();
    finish();
    await clock.advance(BUDGET.closeTimeoutMs);
    expect(sequence.state).toBe('closing');
    void shutdown.leave(RESTART);
    void shutdown.leave(STOP);
    await clock.advance(BUDGET.drainTimeoutMs - 1);
    expect(sequence.state).toBe('closing');
    await clock.advance(1);
    expect(sequence.state).toBe('closed');
    expect(port.exits).toEqual([]);
    expect(port.idleExits).toMatchObject([{ code: 1 }]);
    expect(clock.timers).toBe(0);
  });

  it('is not slowed down by a restart after a stop', async () => {
    const { clock, port, shutdown, sequence } = setUp();
    void shutdown.leave(STOP);
    void shutdown.leave(RESTART);
    await clock.flush();
    expect(sequence.isAwaited).toBe(true);
    expect(port.watchdogs).toHaveLength(1);
  });

  it('tells an application that joins after a stop to leave at once, too', async () => {
    const { clock, shutdown, add, finish } = setUp();
    void shutdown.leave(RESTART);
    await clock.flush();
    void shutdown.leave(STOP);
    const late = add();
    finish();
    await clock.flush();
    await clock.flush();
    expect(late.sequence.trigger).toEqual(STOP);
  });

  it('cuts all applications by cutNow(), including those that join later', async () => {
    const { clock, port, shutdown, add, sequence } = setUp();
    void shutdown.leave(RESTART);
    await clock.flush();
    const late = add();
    shutdown.cutNow();
    await clock.flush();
    await clock.flush();
    expect([sequence.state, late.sequence.state]).toEqual(['closed', 'closed']);
    expect(port.idleExits).toMatchObject([{ code: 1 }]);
  });
});
