import { describe, expect, it } from 'vitest';

import type { GracePeriod } from '../shutdown/grace-period.js';
import { ShutdownSequence } from '../shutdown/shutdown-sequence.js';
import type { ShutdownTrigger } from '../shutdown/shutdown-trigger.js';
import { FakeClock } from '../testing/fake-clock.js';
import { type LogSink, ShutdownLog } from './shutdown-log.js';

const BUDGET = { gracePeriodMs: 5000, drainTimeoutMs: 10_000, closeTimeoutMs: 2000 };
const SIGTERM: ShutdownTrigger = { kind: 'signal', signal: 'SIGTERM', typed: false };
const CLOSE: ShutdownTrigger = { kind: 'close' };

type Line = readonly [level: keyof LogSink, message: string, stack?: string | undefined];

function setUp(gracePeriod?: (clock: FakeClock) => GracePeriod) {
  const clock = new FakeClock();
  const sequence = new ShutdownSequence(BUDGET, clock, gracePeriod?.(clock));
  const lines: Line[] = [];
  const log = new ShutdownLog(
    {
      log: (message) => void lines.push(['log', message]),
      warn: (message) => void lines.push(['warn', message]),
      error: (message, stack) => void lines.push(['error', message, stack]),
      debug: (message) => void lines.push(['debug', message]),
    },
    sequence,
    clock,
  );
  return { clock, sequence, log, lines };
}

/** Puts work of these ages in flight. @returns what finishes all of it */
function keepBusy({ sequence, clock }: ReturnType<typeof setUp>, ...ages: number[]): () => void {
  const work = ages.map((ageMs) => ({ label: `job ${ageMs}`, ageMs }));
  sequence.addParticipant({
    name: 'jobs',
    active: () => work.length,
    tasks: () => work.map(({ label, ageMs }) => ({ label, ageMs: ageMs + clock.now() })),
    drain: async () => {
      while (work.length > 0) await clock.turn();
    },
    summary: () => '12 requests answered',
  });
  return () => void work.splice(0);
}

/** One whose only participant has nothing in flight, and does not end. */
function idle(waitsFor?: string) {
  const all = setUp();
  all.sequence.addParticipant({
    name: 'jobs',
    active: () => 0,
    ...(waitsFor !== undefined && { waitsFor: () => waitsFor }),
    drain: () => new Promise(() => {}),
  });
  return all;
}

describe('the log of a grace period whose length was adapted', () => {
  it('says why it is extended, until when, and at what cost', () => {
    const { log, lines } = setUp();
    log.graceExtended(1000, 9000);
    expect(lines).toEqual([
      [
        'warn',
        'New connections still arrive: the grace period is extended until 1.0 s pass without one, ' +
          'to 9.0 s at most; the drain gets that much less time',
      ],
    ]);
  });

  it('says after how long it ended early', async () => {
    const { sequence, lines } = setUp((clock) => ({
      pass: async () => {
        await clock.advance(2000);
        return 'quiet';
      },
    }));
    await sequence.start(SIGTERM);
    expect(lines.map(([, message]) => message)).toContain(
      'No new traffic: the grace period ended after 2.0 s of 5.0 s',
    );
  });
});

it('the log warns of other signal listeners', () => {
  const { log, lines } = setUp();
  log.foreignListener('SIGTERM', 'stopKafka');
  expect(lines).toEqual([
    ['warn', expect.stringMatching(/^Another SIGTERM listener is registered by stopKafka\./)],
  ]);
});

it('the log of a restart says that readiness stays green', () => {
  const { sequence, lines } = setUp();
  void sequence.start({ kind: 'restart' });
  expect(lines[0]).toEqual([
    'log',
    'A new worker has taken over, stopping: readiness stays green, 0 in flight',
  ]);
});

describe('the log of a shutdown', () => {
  it('logs the trigger, the work in flight and the result', async () => {
    const all = setUp();
    const { clock, sequence, lines } = all;
    const finish = keepBusy(all, 300, 0);
    void sequence.start(SIGTERM);
    await clock.advance(6500);
    finish();
    await clock.flush();
    expect(lines).toEqual([
      ['log', 'SIGTERM received, stopping: readiness is red, 2 in flight'],
      ['log', '2 in flight, 11.0 s left: job 300 6.3 s, job 0 6.0 s'],
      ['log', 'Closed in 6.5 s (grace 5.0 s, drain 1.5 s, close 0.0 s; 12 requests answered)'],
    ]);
  });

  it('has one line of progress a second at most, and none once the drain is over', async () => {
    const all = setUp();
    const { clock, sequence, lines } = all;
    const finish = keepBusy(all, 0);
    sequence.adopt({ run: () => new Promise(() => {}), unfinished: () => [] });
    void sequence.start(SIGTERM);
    const begun = lines.length;
    await clock.advance(5999);
    expect(lines).toHaveLength(begun);
    await clock.advance(1);
    expect(lines).toHaveLength(begun + 1);
    await clock.advance(2999);
    expect(lines).toHaveLength(begun + 3);
    finish();
    await clock.advance(1999);
    expect(sequence.state).toBe('closing');
    expect(lines).toHaveLength(begun + 3);
  });

  it('names the five oldest tasks and counts the others', async () => {
    const all = setUp();
    keepBusy(all, 0, 100, 200, 300, 400, 500, 600);
    void all.sequence.start(SIGTERM);
    await all.clock.advance(6000);
    expect(all.lines.at(-1)?.[1]).toMatch(
      /: job 600 6\.6 s, job 500 .*, job 400 .*, job 300 .*, job 200 6\.2 s, 2 more$/,
    );
  });

  it('lists tasks of the same name once, with their number and the oldest age', async () => {
    const all = setUp();
    keepBusy(all, 0, 100, 100, 200, 300, 400, 400, 500);
    void all.sequence.start(SIGTERM);
    await all.clock.advance(6000);
    expect(all.lines.at(-1)?.[1]).toMatch(
      /: job 500 6\.5 s, job 400 6\.4 s \(2\), job 300 .*, job 200 .*, job 100 6\.1 s \(2\), 1 more$/,
    );
  });

  it('has no line at log level when a test calls close()', async () => {
    const { clock, sequence, lines } = setUp();
    void sequence.start(CLOSE);
    await clock.flush();
    expect(lines).toEqual([
      ['debug', 'close() called, stopping: readiness is red, 0 in flight'],
      ['debug', 'Closed in 0.0 s (grace 0.0 s, drain 0.0 s, close 0.0 s)'],
    ]);
  });

  it.each([SIGTERM, CLOSE])('warns if it had to force the end: $kind', async (trigger) => {
    const all = setUp();
    keepBusy(all, 0);
    void all.sequence.start(trigger);
    await all.clock.advance(15_000);
    const warnings = all.lines.filter(([level]) => level === 'warn');
    expect(warnings).toEqual([
      [
        'warn',
        expect.stringMatching(
          /^Drain deadline reached: 1 task still in flight, 3\.0 s left: job 0 \d+\.0 s$/,
        ),
      ],
      ['warn', expect.stringMatching(/^Cut: job 0 1\d\.0 s$/)],
      ['warn', expect.stringMatching(/^Closed in 1\d\.0 s \(.*; 12 requests answered; 1 cut\)$/)],
    ]);
  });

  describe('while nothing is in flight', () => {
    it('names what it waits for', async () => {
      const { sequence, clock, lines } = idle('3 idle connections');
      void sequence.start(SIGTERM);
      await clock.advance(6000);
      expect(lines.at(-1)).toEqual(['log', 'Waiting for 3 idle connections, 11.0 s left']);
    });

    it('names a participant that does not say what it waits for', async () => {
      const { sequence, clock, lines } = idle();
      void sequence.start(SIGTERM);
      await clock.advance(6000);
      expect(lines.at(-1)).toEqual(['log', 'Waiting for jobs, 11.0 s left']);
      await clock.advance(8000);
      const deadline = 'Drain deadline reached: still waiting for jobs';
      expect(lines).toContainEqual(['warn', deadline]);
    });

    it('says that a second signal closes', async () => {
      const { sequence, clock, lines } = idle();
      void sequence.start(SIGTERM);
      await clock.advance(100);
      sequence.cutNow();
      await clock.flush();
      expect(lines[1]).toEqual(['warn', 'Second signal: closing now']);
    });
  });

  it('says how long a second signal leaves the hooks', async () => {
    const { sequence, clock, lines } = setUp();
    sequence.adopt({ run: () => new Promise(() => {}), unfinished: () => ['a hook'] });
    void sequence.start(SIGTERM);
    await clock.advance(BUDGET.gracePeriodMs + 100);
    sequence.cutNow();
    const line = 'Second signal: the hooks have 2.0 s left. A third one ends the process';
    expect(lines.at(-1)).toEqual(['warn', line]);
  });

  it.each([
    [['GET OrdersController.find', 'POST /orders'], '2 requests'],
    [['GET OrdersController.find', 'mail'], '2 tasks'],
    [['GET OrdersController.find'], '1 request'],
  ])('says what a second signal cuts: %j', async (labels, amount) => {
    const { sequence, clock, lines } = setUp();
    sequence.addParticipant({
      name: 'any',
      active: () => labels.length,
      tasks: () => labels.map((label) => ({ label })),
      drain: () => new Promise(() => {}),
    });
    void sequence.start(SIGTERM);
    await clock.advance(100);
    sequence.cutNow();
    await clock.flush();
    expect(lines[1]).toEqual(['warn', `Second signal: cutting ${amount}: ${labels.join(', ')}`]);
    expect(lines[2]).toEqual(['warn', `Cut: ${labels.join(', ')}`]);
  });

  it('bounds text that a client has chosen, and keeps it on one line', async () => {
    const { sequence, clock, lines } = setUp();
    const sent = `GET /\u009b2J\u202e\n\u2028\ud800${'x'.repeat(20_000)}`;
    sequence.addParticipant({
      name: 'any',
      active: () => 1,
      tasks: () => [{ label: sent }],
      drain: () => new Promise(() => {}),
      summary: () => sent,
    });
    const failing = () => {
      throw new Error(sent);
    };
    sequence.addParticipant({ name: sent, active: () => 0, drain: failing });
    void sequence.start({ kind: 'request', reason: sent });
    await clock.advance(20_000);
    expect(lines.length).toBeGreaterThan(5);
    for (const [, message] of lines) {
      expect(message.length).toBeLessThan(500);
      expect(message).not.toMatch(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}]/u);
    }
    const [, , stack] = lines.find(([level]) => level === 'error')!;
    expect(stack).toMatch(/^Error: GET \/[^]*\n {4}at /);
    expect(stack).not.toMatch(/[\p{Cf}\p{Cs}\p{Zl}\u009b]/u);
  });

  it('has an error for each failure, and a warning at the end that counts them', async () => {
    const { clock, sequence, lines } = setUp();
    const error = new Error('no such table');
    sequence.adopt({
      run: async (_, observer) => {
        observer.failed({ where: 'OrdersModule.onModuleDestroy', error });
        observer.failed({ where: 'Cache.onModuleDestroy', error: 'gone' });
      },
      unfinished: () => [],
    });
    void sequence.start(CLOSE);
    await clock.flush();
    expect(lines.slice(1)).toEqual([
      ['error', 'OrdersModule.onModuleDestroy: no such table', error.stack],
      ['error', 'Cache.onModuleDestroy: gone', undefined],
      ['warn', 'Closed in 0.0 s (grace 0.0 s, drain 0.0 s, close 0.0 s; 2 failed)'],
    ]);
  });

  it('keeps the stack of an uncaught exception', () => {
    const { log, lines } = setUp();
    const error = new Error('boom');
    log.crashed(error);
    expect(lines).toEqual([['error', 'Uncaught exception: boom', error.stack]]);
  });

  it('counts what keeps the event loop alive', () => {
    const { log, lines } = setUp();
    log.held(['Timeout', 'TCPSocketWrap', 'Timeout']);
    expect(lines).toEqual([
      ['warn', expect.stringContaining('kept alive by: 2 Timeout, TCPSocketWrap.')],
    ]);
  });
});
