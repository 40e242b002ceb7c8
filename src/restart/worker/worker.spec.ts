import { describe, expect, it } from 'vitest';

import { FakeChannel } from '../../../test/support/fake-channel.js';
import { ProcessShutdown } from '../../shutdown/process-shutdown.js';
import { ShutdownSequence } from '../../shutdown/shutdown-sequence.js';
import { FakeClock } from '../../testing/fake-clock.js';
import { FakeProcess } from '../../testing/fake-process.js';
import type { FromWorker } from '../protocol.js';
import { PrimaryLink } from './primary-link.js';
import { SharedListeners } from './shared-listeners.js';
import { Worker } from './worker.js';

function nothing(): void {}

const BUDGET = { gracePeriodMs: 0, drainTimeoutMs: 10_000, closeTimeoutMs: 2000 };
const RESTART = { kind: 'restart' } as const;
const STOP = { kind: 'signal', signal: 'SIGINT', typed: true } as const;

function setUp(settings: { readyPath?: string } = {}) {
  const clock = new FakeClock();
  const channel = new FakeChannel();
  const port = new FakeProcess();
  const shutdown = new ProcessShutdown(port, clock);
  const link = new PrimaryLink(channel);
  const listeners = new SharedListeners(link);
  const worker = new Worker({ primaryPid: 42, ...settings }, link, listeners, shutdown, clock);

  /** An application; `inFlight` requests are in flight until `finish()`. */
  const add = (inFlight = 0, budget = BUDGET) => {
    const sequence = new ShutdownSequence(budget, clock);
    let active = inFlight;
    let finish = nothing;
    let started: () => void = nothing;
    const notReady: string[] = [];
    sequence.addParticipant({
      name: 'http',
      active: () => active,
      drain: () =>
        active === 0 ? Promise.resolve() : new Promise((resolve) => (finish = resolve)),
    });
    shutdown.join({
      sequence,
      signals: [],
      leavesOnCrash: false,
      isCreated: () => true,
      isStarting: () => false,
      isServer: () => true,
      isReachable: () => true,
    });
    const member = {
      sequence,
      onStarted: (callback: () => void) => (started = callback),
      notReady: (reason: string) => void notReady.push(reason),
    };
    worker.join(member, { each: nothing, has: () => false, add: nothing });
    return {
      sequence,
      notReady,
      start: () => started(),
      finish: () => {
        active = 0;
        finish();
      },
    };
  };
  const typesOf = () => channel.sent.map(({ type }) => type);
  const states = () =>
    channel.sent.filter(
      (message): message is Extract<FromWorker, { type: 'state' }> => message.type === 'state',
    );
  return { clock, channel, port, add, typesOf, states };
}

describe('the readiness of a worker', () => {
  it('is reported once, when all applications have started, with the longest of their budgets', async () => {
    const { clock, channel, add } = setUp();
    const [a, b] = [add(), add(0, { ...BUDGET, drainTimeoutMs: 30_000 })];
    a.start();
    await clock.flush();
    expect(channel.sent).toEqual([]);
    b.start();
    await clock.flush();
    add().start();
    await clock.flush();
    expect(channel.sent).toEqual([{ type: 'ready', budgetMs: 32_000, signals: [] }]);
  });

  it('is followed by connections when the primary allows them', async () => {
    const { clock, channel, add, typesOf } = setUp();
    add().start();
    await clock.flush();
    expect(typesOf()).toEqual(['ready']);
    channel.receive({ type: 'accept' });
    expect(typesOf()).toEqual(['ready', 'accepting']);
  });

  it('does not wait for an application that was closed alone', async () => {
    const { clock, add, typesOf } = setUp();
    const [a, b] = [add(), add()];
    await a.sequence.start({ kind: 'close' });
    await clock.flush();
    expect(typesOf()).toEqual([]);
    b.start();
    await clock.flush();
    expect(typesOf()).toEqual(['ready']);
  });

  it('is not reported without an application', async () => {
    const { clock, add, typesOf } = setUp();
    await add().sequence.start({ kind: 'close' });
    await clock.flush();
    expect(typesOf()).toEqual([]);
  });

  it('ignores the readiness route without an HTTP server, and the log says so', async () => {
    const { clock, add, typesOf } = setUp({ readyPath: '/ready' });
    const app = add();
    app.start();
    await clock.flush();
    expect(typesOf()).toEqual(['waiting', 'ready']);
    expect(app.notReady).toEqual([expect.stringContaining('/ready')]);
  });

  it('is not reported once the worker leaves, nor does it accept connections', async () => {
    const { clock, channel, add, typesOf } = setUp();
    const app = add();
    channel.receive({ type: 'leave', because: STOP });
    app.start();
    channel.receive({ type: 'accept' });
    await clock.flush();
    expect(typesOf()).not.toContain('ready');
    expect(typesOf()).not.toContain('accepting');
  });
});

describe('a worker that leaves', () => {
  it('reports to the primary each state and when it ends', async () => {
    const { clock, channel, port, add, states } = setUp();
    const app = add(1);
    channel.receive({ type: 'leave', because: STOP });
    await clock.advance(3000);
    app.finish();
    await clock.flush();
    expect(states()).toEqual([
      { type: 'state', state: 'grace', endsInMs: 12_000 },
      { type: 'state', state: 'draining', endsInMs: 12_000 },
      { type: 'state', state: 'closing', endsInMs: 9000 },
      { type: 'state', state: 'closed', endsInMs: 0 },
    ]);
    expect(app.sequence.trigger).toEqual(STOP);
    expect(port.idleExits).toMatchObject([{ code: 0 }]);
  });

  it('reports the state of its slowest application', async () => {
    const { clock, channel, add, states } = setUp();
    const [quick, slow] = [add(), add(1)];
    channel.receive({ type: 'leave', because: RESTART });
    await clock.flush();
    expect(quick.sequence.state).toBe('closed');
    expect(states().map(({ state }) => state)).toEqual(['grace', 'draining']);
    slow.finish();
    await clock.flush();
    expect(states().at(-1)!.state).toBe('closed');
  });

  it('obeys a stop during a restart, and reports its new end', async () => {
    const { clock, channel, add, states } = setUp();
    const app = add(1);
    channel.receive({ type: 'leave', because: RESTART });
    await clock.advance(1000);
    channel.receive({ type: 'leave', because: STOP });
    expect(app.sequence.isAwaited).toBe(true);
    expect(states().at(-1)).toEqual({ type: 'state', state: 'draining', endsInMs: 11_000 });
  });

  it('is forced when the primary says so', async () => {
    const { clock, channel, port, add } = setUp();
    add(1);
    channel.receive({ type: 'leave', because: STOP });
    channel.receive({ type: 'force' });
    await clock.flush();
    expect(port.idleExits).toMatchObject([{ code: 1 }]);
  });

  it('does so when the primary is gone', async () => {
    const { clock, channel, port, add } = setUp();
    const app = add();
    channel.disconnect();
    expect(app.sequence.trigger).toEqual({
      kind: 'request',
      reason: 'its primary, process 42, is gone',
    });
    await clock.flush();
    expect(port.idleExits).toMatchObject([{ code: 0 }]);
  });

  it('does not report the close() of one application to the primary', async () => {
    const { clock, add, states } = setUp();
    await add().sequence.start({ kind: 'close' });
    await clock.flush();
    expect(states()).toEqual([]);
  });
});

it('a worker reports its state and the total of tasks in flight', () => {
  const { channel, add } = setUp();
  add(2);
  add(3);
  channel.receive({ type: 'report', id: 7 });
  expect(channel.sent).toEqual([{ type: 'report', id: 7, state: 'running', inFlight: 5 }]);
});
