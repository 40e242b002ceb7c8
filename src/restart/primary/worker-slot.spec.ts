import { describe, expect, it } from 'vitest';

import { FakeClock } from '../../testing/fake-clock.js';
import type { LeaveReason } from '../protocol.js';
import { Backoff } from './backoff.js';
import type { WorkerPlace } from './worker-process.js';
import { type Worker, WorkerSlot } from './worker-slot.js';

class FakeWorker implements Worker {
  phase: Worker['phase'] = 'starting';
  ageMs = 0;
  waitsFor: string | undefined;
  refusal: string | undefined;
  told: LeaveReason | 'kill' | undefined;
  #becomeReady!: () => void;
  #end!: (ending: string) => void;
  #begone!: () => void;
  readonly ready = new Promise<void>((resolve) => (this.#becomeReady = resolve));
  readonly ended = new Promise<string>((resolve) => (this.#end = resolve));
  readonly gone = new Promise<void>((resolve) => (this.#begone = resolve));

  constructor(
    readonly pid: number,
    readonly place: WorkerPlace,
  ) {}

  get name(): string {
    return `worker ${this.pid}`;
  }

  becomeReady(): void {
    this.phase = 'soaking';
    this.#becomeReady();
  }

  async accept(): Promise<string | undefined> {
    if (this.refusal === undefined) this.phase = 'ready';
    return this.refusal;
  }

  die(ending = 'exited with 1'): void {
    this.phase = 'leaving';
    this.#end(ending);
    this.#begone();
  }

  leave(because: LeaveReason): void {
    this.told = because;
    this.phase = 'leaving';
    this.#begone();
  }

  kill(): void {
    this.told = 'kill';
    this.die('was ended by SIGKILL');
  }
}

function setUp() {
  const clock = new FakeClock();
  const started: FakeWorker[] = [];
  const events: string[] = [];
  const owner = {
    generation: 1,
    start: (place: WorkerPlace) => {
      const worker = new FakeWorker(started.length + 1, place);
      started.push(worker);
      return worker;
    },
    currentGeneration: () => owner.generation,
    died: ({ pid }: FakeWorker, ending: string, ms: number) =>
      void events.push(`${pid} ${ending}, again in ${ms}`),
    serves: ({ pid }: FakeWorker, instead: FakeWorker | undefined) =>
      void events.push(`${pid} serves instead of ${instead?.pid ?? 'none'}`),
    couldNotStart: (slot: number, error: unknown) =>
      void events.push(`slot ${slot}: ${(error as Error).message}`),
  };
  const options = { readyTimeoutMs: 5000, soakMs: 1000 };
  const slot = new WorkerSlot<FakeWorker>(1, owner, options, new Backoff(), clock);
  const bring = () => {
    const brought = slot.bring().then(
      () => 'brought',
      (error: Error) => error.message,
    );
    return brought;
  };
  const fill = async () => {
    const brought = bring();
    started.at(-1)!.becomeReady();
    await clock.flush();
    return brought;
  };
  return { clock, started, events, owner, slot, bring, fill };
}

describe('a reload', () => {
  it('tells the old worker to leave once the new one has survived the soak', async () => {
    const { clock, started, slot, bring, fill } = setUp();
    await fill();
    const brought = bring();
    started[1]!.becomeReady();
    await clock.advance(999);
    expect(slot.current).toBe(started[0]);
    expect(started[0]!.told).toBeUndefined();
    expect(started[1]!.phase).toBe('soaking');
    await clock.advance(1);
    expect(started[1]!.phase).toBe('ready');
    expect(await brought).toBe('brought');
    expect(slot.current).toBe(started[1]);
    expect(started[0]!.told).toEqual({ kind: 'restart' });
    expect(clock.timers).toBe(0);
  });

  it.each([
    [
      'throws at boot',
      (worker: FakeWorker) => worker.die(),
      0,
      'exited with 1 before it was ready',
    ],
    ['is never ready', () => {}, 5000, 'was not ready within 5000 ms'],
    [
      'dies in the soak',
      (worker: FakeWorker) => {
        worker.becomeReady();
        setImmediate(() => worker.die('exited with 9'));
      },
      500,
      'exited with 9 during its soak',
    ],
    [
      'leaves in the soak',
      (worker: FakeWorker) => {
        worker.becomeReady();
        setImmediate(() => worker.leave({ kind: 'restart' }));
      },
      500,
      'left during its soak',
    ],
  ])('does not touch the old worker if the new one %s', async (_, misbehave, ms, reason) => {
    const { clock, started, slot, bring, fill } = setUp();
    await fill();
    const brought = bring();
    misbehave(started[1]!);
    await clock.advance(ms);
    await clock.flush();
    await clock.flush();
    expect(await brought).toBe(`worker 2 ${reason}`);
    expect(slot.current).toBe(started[0]);
    expect(started[0]!.told).toBeUndefined();
    expect(started[1]!.told).toBe('kill');

    const again = bring();
    started[2]!.becomeReady();
    await clock.advance(1000);
    expect(await again).toBe('brought');
  });

  it('says what a worker waited for if it did not become ready', async () => {
    const { clock, started, bring, fill } = setUp();
    await fill();
    const brought = bring();
    started[1]!.waitsFor = 'GET /ready answers 503';
    await clock.advance(5000);
    expect(await brought).toBe('worker 2 was not ready within 5000 ms: GET /ready answers 503');
  });

  it('tells a worker that cannot accept to leave, because it may have clients on another socket', async () => {
    const { clock, started, slot, bring, fill } = setUp();
    await fill();
    const brought = bring();
    started[1]!.refusal = 'listen EADDRINUSE: 127.0.0.1:80';
    started[1]!.becomeReady();
    await clock.advance(1000);
    await clock.flush();
    expect(await brought).toBe(
      'worker 2 could not accept connections: listen EADDRINUSE: 127.0.0.1:80',
    );
    expect(started[1]!.told).toEqual({ kind: 'restart' });
    expect(slot.current).toBe(started[0]);
    expect(started[0]!.told).toBeUndefined();
  });

  it('starts no more workers once the service stops', async () => {
    const { started, slot, bring, fill } = setUp();
    await fill();
    slot.retire();
    expect(await bring()).toBe('the service is stopping');
    expect(started).toHaveLength(1);
  });

  it('gives up if the service stops', async () => {
    const { clock, started, slot, bring, fill } = setUp();
    await fill();
    const brought = bring();
    slot.retire();
    await clock.flush();
    expect(await brought).toBe('the service is stopping');
    expect(started).toHaveLength(2);
  });
});

describe('a worker that dies', () => {
  it('is replaced at once, then later each time', async () => {
    const { clock, started, events, fill } = setUp();
    await fill();
    started[0]!.die();
    await clock.advance(0);
    expect(started).toHaveLength(2);
    for (const waitMs of [100, 150, 225]) {
      const before = started.length;
      started.at(-1)!.die();
      await clock.advance(waitMs - 1);
      expect(started).toHaveLength(before);
      await clock.advance(1);
      expect(started).toHaveLength(before + 1);
    }
    expect(events.slice(1)).toEqual([
      '1 exited with 1, again in 0',
      'slot 1: worker 2 exited with 1 before it was ready',
      'slot 1: worker 3 exited with 1 before it was ready',
      'slot 1: worker 4 exited with 1 before it was ready',
    ]);
  });

  it('is replaced by one of the same generation, even if a reload has failed since', async () => {
    const { clock, started, owner, bring, fill } = setUp();
    await fill();
    owner.generation = 2;
    const brought = bring();
    started[1]!.die();
    expect(await brought).toContain('before it was ready');
    started[0]!.die();
    await clock.advance(0);
    expect(started[2]!.place.generation).toBe(1);
  });

  it('is replaced at once if it had been stable for long', async () => {
    const { clock, started, fill } = setUp();
    await fill();
    for (let deaths = 1; deaths < 4; deaths++) {
      started.at(-1)!.ageMs = 10_000;
      started.at(-1)!.die();
      await clock.advance(0);
      expect(started).toHaveLength(deaths + 1);
      started.at(-1)!.becomeReady();
      await clock.flush();
    }
  });

  it('is replaced while it still leaves, if it leaves by itself', async () => {
    const { clock, started, events, fill } = setUp();
    await fill();
    started[0]!.leave({ kind: 'restart' });
    await clock.flush();
    await clock.advance(0);
    expect(started).toHaveLength(2);
    expect(events.at(-1)).toBe('1 left, again in 0');
  });

  it('is not replaced once the service stops', async () => {
    const { clock, started, slot, fill } = setUp();
    await fill();
    slot.retire();
    started[0]!.die();
    await clock.advance(60_000);
    expect(started).toHaveLength(1);
    expect(clock.timers).toBe(0);
  });

  it('does not make a reload wait', async () => {
    const { clock, started, bring, fill } = setUp();
    await fill();
    for (let deaths = 0; deaths < 3; deaths++) {
      started.at(-1)!.die();
      await clock.advance(deaths === 0 ? 0 : 100);
    }
    const before = started.length;
    const brought = bring();
    expect(started).toHaveLength(before + 1);
    started.at(-1)!.becomeReady();
    await clock.flush();
    expect(await brought).toBe('brought');
    await clock.advance(60_000);
    expect(started).toHaveLength(before + 1);
  });

  it('is not replaced by a late worker if newer code already serves', async () => {
    const { clock, started, owner, slot, bring, fill } = setUp();
    await fill();
    started[0]!.die();
    await clock.advance(0);
    owner.generation = 2;
    const brought = bring();
    started[2]!.becomeReady();
    await clock.flush();
    expect(await brought).toBe('brought');
    started[1]!.becomeReady();
    await clock.flush();
    expect(slot.current).toBe(started[2]);
    expect(started[1]!.told).toEqual({ kind: 'restart' });
  });
});
