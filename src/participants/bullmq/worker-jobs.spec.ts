import { EventEmitter, once } from 'node:events';

import { describe, expect, it } from 'vitest';

import { FakeClock } from '../../testing/fake-clock.js';
import type { BullJob, BullWorker } from './bull-worker.js';
import { WorkerJobs } from './worker-jobs.js';

/** A worker whose processor does what the test says, and that records nothing anywhere. */
class FakeWorker implements BullWorker {
  readonly name = 'mails';
  readonly calls: string[] = [];
  closes = Promise.resolve();

  constructor(
    public processFn: (job: BullJob) => Promise<unknown>,
    private readonly running = true,
  ) {}

  static RateLimitError(): Error {
    return new Error('bullmq:rateLimitExceeded');
  }

  async processJob(job: BullJob): Promise<unknown> {
    return this.processFn(job);
  }

  isRunning(): boolean {
    return this.running;
  }

  isPaused(): boolean {
    return false;
  }

  async pause(doNotWaitActive: boolean): Promise<void> {
    this.calls.push(`pause ${doNotWaitActive}`);
  }

  async close(): Promise<void> {
    this.calls.push('close');
    return this.closes;
  }

  async disconnect(): Promise<void> {
    this.calls.push('disconnect');
  }
}

/** One that tells what it has recorded. */
class TellingWorker extends FakeWorker {
  readonly #events = new EventEmitter();
  records = true;

  override async processJob(job: BullJob): Promise<unknown> {
    const result = await super.processJob(job).catch(() => {});
    if (this.records) this.#events.emit('completed', job);
    return result;
  }

  on(event: string, listener: (job: BullJob) => void): void {
    this.#events.on(event, listener);
  }

  off(event: string, listener: (job: BullJob) => void): void {
    this.#events.off(event, listener);
  }

  get listeners(): number {
    return this.#events.listenerCount('completed') + this.#events.listenerCount('failed');
  }
}

function setUp(process: () => Promise<unknown>, running = true) {
  return follow(new FakeWorker(process, running));
}

function follow<Worker extends FakeWorker>(worker: Worker) {
  const deadline = new AbortController();
  const clock = new FakeClock();
  const jobs = new WorkerJobs(worker, 'Mails', deadline.signal, clock);
  return { worker, deadline, clock, jobs, job: { name: 'welcome' } };
}

const handedBack = 'bullmq:rateLimitExceeded';
const endless = () => new Promise<never>(() => {});

describe('WorkerJobs', () => {
  it('names a job in flight from its fetch to its end', async () => {
    const work = new EventEmitter();
    const { worker, clock, jobs, job } = setUp(() => once(work, 'done'));
    const done = worker.processJob(job);
    await clock.advance(50);
    expect(jobs.tasks()).toEqual([{ label: 'Mails welcome', ageMs: 50 }]);
    work.emit('done');
    await done;
    expect(jobs.active).toBe(0);
  });

  it('passes on results and errors while there is time', async () => {
    const good = setUp(() => Promise.resolve(42));
    good.jobs.stop();
    const bad = setUp(() => Promise.reject(new Error('no mail')));
    await expect(setUp(() => Promise.resolve(42)).worker.processJob(good.job)).resolves.toBe(42);
    await expect(bad.worker.processJob(bad.job)).rejects.toThrow('no mail');
  });

  it('hands back a job that comes after the end of the intake', async () => {
    let processed = 0;
    const { worker, jobs, job } = setUp(async () => (processed += 1));
    jobs.stop();
    await expect(worker.processJob(job)).rejects.toThrow(handedBack);
    expect([processed, jobs.handedBack]).toEqual([0, 1]);
  });

  it('hands back each running job once', async () => {
    const { worker, jobs, job } = setUp(endless);
    const done = worker.processJob(job);
    jobs.stop();
    jobs.handBack();
    jobs.handBack();
    await expect(done).rejects.toThrow(handedBack);
    jobs.handBack();
    expect(jobs).toMatchObject({ active: 0, finished: 0, handedBack: 1 });
  });

  it.each([
    { error: new Error('aborted'), thrown: handedBack },
    { error: named('UnrecoverableError'), thrown: 'UnrecoverableError' },
    { error: named('DelayedError'), thrown: 'DelayedError' },
    { error: named('WaitingChildrenError'), thrown: 'WaitingChildrenError' },
  ])('turns $error.name into $thrown after the deadline', async ({ error, thrown }) => {
    const { worker, deadline, job } = setUp(() => Promise.reject(error));
    deadline.abort();
    await expect(worker.processJob(job)).rejects.toThrow(thrown);
  });

  it.each([
    { running: true, calls: ['close'] },
    { running: false, calls: ['pause true'] },
  ])('stops the worker once, by $calls, if running is $running', ({ running, calls }) => {
    const { worker, jobs } = setUp(endless, running);
    jobs.stop();
    jobs.stop();
    expect(worker.calls).toEqual(calls);
  });

  it('waits a second for Redis to disconnect, and holds up nothing else', async () => {
    const { worker, clock, jobs } = setUp(endless);
    worker.closes = endless();
    jobs.stop();
    const drained = jobs.drain();
    await clock.advance(999);
    expect(worker.calls).toEqual(['close']);
    await clock.advance(1);
    await drained;
    await worker.close();
    expect(worker.calls).toEqual(['close', 'disconnect']);
  });

  it('holds up nothing when it hands a job back to a lost Redis', async () => {
    const { worker, clock, jobs, job } = setUp(endless);
    worker.closes = endless();
    const recorded = worker.processJob(job);
    jobs.stop();
    jobs.handBack();
    await expect(recorded).rejects.toThrow(handedBack);
    const closed = worker.close();
    await clock.advance(1000);
    await closed;
    expect(worker.calls).toEqual(['close', 'disconnect']);
  });

  it('leaves a connection open that the worker shares with others', async () => {
    const { worker, clock, jobs } = follow(
      Object.assign(new FakeWorker(endless), { opts: { connection: { duplicate: () => {} } } }),
    );
    worker.closes = endless();
    jobs.stop();
    const drained = jobs.drain();
    await clock.advance(1000);
    await drained;
    expect(worker.calls).toEqual(['close']);
  });

  it.each([
    { records: true, finished: 1, unrecorded: 0 },
    { records: false, finished: 0, unrecorded: 1 },
  ])('counts whether the end of a job is recorded: $records', async ({ records, ...counts }) => {
    const { worker, jobs, job } = follow(new TellingWorker(() => Promise.resolve()));
    worker.records = records;
    const done = worker.processJob(job);
    jobs.stop();
    await done;
    expect(jobs).toMatchObject(counts);
    jobs.restore();
    expect(worker.listeners).toBe(0);
  });

  it('counts a job as finished that its processor has moved itself', async () => {
    const { worker, jobs, job } = follow(
      new TellingWorker(() => Promise.reject(named('DelayedError'))),
    );
    worker.records = false;
    const done = worker.processJob(job);
    jobs.stop();
    await done;
    expect(jobs).toMatchObject({ finished: 1, unrecorded: 0 });
  });

  it('leaves the worker as it was', () => {
    const { worker, jobs } = setUp(endless);
    const wrapped = worker.processFn;
    jobs.restore();
    expect(worker.processFn).not.toBe(wrapped);
    expect(Object.hasOwn(worker, 'processJob')).toBe(false);
  });
});

function named(name: string): Error {
  return Object.assign(new Error(name), { name });
}
