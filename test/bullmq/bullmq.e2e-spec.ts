import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import { Queue, Worker } from 'bullmq';
import { describe, expect, it } from 'vitest';

import { SOON_MS } from '../support/bounds.js';
import { begun, isRedisMissing, JobQueues, startJobs } from '../support/job-queues.js';
import { startRedis } from '../support/server-process.js';

const LOOK_AGAIN_MS = 20;

const queues = new JobQueues('bullmq');

function connection() {
  return { connection: queues.redis, prefix: queues.prefix };
}

function queue(name = 'orders'): Queue {
  const client = new Queue(name, connection());
  // One of them outlives its Redis.
  client.on('error', () => {});
  queues.closeLater(() => client.close());
  return client;
}

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

describe.skipIf(isRedisMissing)('BullMQ', () => {
  it('finishes its jobs in flight once, takes no more, and leaves the jobs that they add to others', async () => {
    const app = await queues.startApp({ gracePeriodMs: 400 });
    const [orders, scoped] = [queue(), queue('scoped')];
    await startJobs(app, orders, ['slow', 'adds', 'fail']);
    const scopedJob = await scoped.add('scoped', { ms: 700 });
    await app.event('job-begins', 4);
    app.signal('SIGTERM');
    await app.event('grace');
    await orders.addBulk(['late', 'later'].map((name) => ({ name, data: {} })));

    expect(await app.exited).toMatchObject({ code: 0, signal: null });
    expect(begun(app)).toEqual(['adds', 'fail', 'scoped', 'slow']);
    expect(app.order.lastIndexOf('job-ends')).toBeLessThan(app.order.indexOf('onModuleDestroy'));
    expect(await orders.getJobCounts('completed', 'failed', 'active')).toEqual({
      completed: 2,
      failed: 0,
      active: 0,
    });
    // What failed by itself waits for its second attempt.
    const waiting = await orders.getJobs(['waiting']);
    expect(Object.fromEntries(waiting.map((job) => [job.name, job.attemptsMade]))).toEqual({
      added: 0,
      fail: 1,
      late: 0,
      later: 0,
    });
    expect(await scoped.getJobState(scopedJob.id!)).toBe('completed');
    expect(app.log).toMatch(/; 4 queue jobs finished[,;)]/);
    expect(app.log).not.toMatch(/WARN|ERROR/);
  });

  it('hands back jobs that do not end in time, and another worker takes them at once', async () => {
    const app = await queues.startApp({ drainTimeoutMs: 600 });
    const orders = queue();
    const names = ['hang', 'deadline', 'cancelled', 'slow'];
    await startJobs(app, orders, names, 200);
    await queue('scoped').add('endless', { ms: 60_000 });
    await app.event('job-begins', 5);
    const sentAt = app.signal('SIGTERM');
    const processed: string[] = [];
    const done = new Promise<void>((resolve) => {
      const other = new Worker(
        'orders',
        async (job) => {
          processed.push(job.name);
          if (processed.length === 3) resolve();
        },
        connection(),
      );
      queues.closeLater(() => other.close());
    });

    const exit = await app.exited;
    expect(exit).toMatchObject({ code: 1, signal: null });
    expect(exit.at - sentAt).toBeLessThan(600 + SOON_MS);
    await done;
    expect(processed.toSorted()).toEqual(['cancelled', 'deadline', 'hang']);
    expect(app.log).toMatch(
      /Cut: OrdersProcessor hang [\d.]+ s, ScopedProcessor endless [\d.]+ s$/m,
    );
    expect(app.log).toContain('1 queue job finished, 4 handed back');
    expect(await queue('scoped').getWaitingCount()).toBe(1);
    const failed = await orders.getJobCounts('failed', 'active');
    expect(failed).toEqual({ failed: 0, active: 0 });
    const completed = await orders.getJobs(['completed']);
    expect(completed.every(({ attemptsMade }) => attemptsMade === 1)).toBe(true);
  });

  it('waits for event handlers that nobody awaits', async () => {
    const app = await queues.startApp({}, { LISTENER: 'yes' });
    const orders = queue();
    await startJobs(app, orders, ['tells'], 100);
    await app.event('event-begins', 2);
    app.signal('SIGTERM');
    expect(await app.exited).toMatchObject({ code: 0, signal: null });
    const ended = app.events.filter(({ name }) => name === 'event-ends');
    expect(ended.map(({ detail }) => String(detail)).toSorted()).toEqual(['queue', 'worker']);
    expect(app.order.lastIndexOf('event-ends')).toBeLessThan(app.order.indexOf('onModuleDestroy'));
    expect(app.log).not.toMatch(/the pool is closed|WARN|ERROR/);
  });

  it('waits for a processor that is a file', async () => {
    const app = await queues.startApp({}, { SANDBOXED: 'yes' });
    const files = queue('files');
    const job = await files.add('file', { ms: 700 });
    while ((await files.getActiveCount()) === 0);
    app.signal('SIGTERM');
    const late = await files.add('late', { ms: 0 });
    expect(await app.exited).toMatchObject({ code: 0, signal: null });
    expect(await files.getJob(job.id!)).toMatchObject({ returnvalue: 'from a file' });
    expect(await files.getJobState(late.id!)).toBe('waiting');
    expect(app.log).not.toMatch(/WARN|ERROR/);
  });

  it.each([
    { how: 'its process is ended', stops: false, told: ['begins'] },
    { how: 'it is told to stop', stops: true, told: ['begins', 'stops'] },
  ])('hands back a job of a processor that is a file: $how', async ({ stops, told }) => {
    const app = await queues.startApp({ drainTimeoutMs: 1500 }, { SANDBOXED: 'yes' });
    const files = queue('files');
    const file = join(mkdtempSync(join(tmpdir(), 'nestjs-drain-')), 'done');
    const job = await files.add('file', { ms: 60_000, file, stops }, { attempts: 1 });
    await app.until('child', () => existsSync(file));
    app.signal('SIGTERM');
    expect(await app.exited).toMatchObject({ code: 1, signal: null });

    const lines = readFileSync(file, 'utf8').trim().split('\n');
    expect(lines.map((line) => line.split(' ')[0])).toEqual(told);
    expect(isRunning(Number(lines[0]!.split(' ')[1]))).toBe(false);
    expect(await files.getJobState(job.id!)).toBe('waiting');
    expect(await files.getJob(job.id!)).toMatchObject({ attemptsMade: 0 });
    expect(app.log).toContain('0 queue jobs finished, 1 handed back');
    await job.updateData({ ms: 0, file });
    const next = await queues.startApp({}, { SANDBOXED: 'yes' });
    while ((await files.getJobState(job.id!)) !== 'completed') await sleep(LOOK_AGAIN_MS);
    next.signal('SIGTERM');
    expect(await next.exited).toMatchObject({ code: 0, signal: null });
    expect(readFileSync(file, 'utf8').match(/ends/g)).toHaveLength(1);
    rmSync(join(file, '..'), { recursive: true });
  });

  it('takes nothing with a worker that is paused or never ran, which holds nothing', async () => {
    const app = await queues.startApp({}, { PAUSED: 'yes' });
    const jobs = [queue(), queue('parked')];
    await Promise.all(jobs.map((one) => one.add('job', {})));
    const sentAt = app.signal('SIGTERM');
    const exit = await app.exited;
    expect(exit).toMatchObject({ code: 0, signal: null });
    expect(exit.at - sentAt).toBeLessThan(SOON_MS);
    expect(begun(app)).toEqual([]);
    for (const one of jobs) expect(await one.getWaitingCount()).toBe(1);
  });

  it('drains by close(), too, and leaves nothing that keeps the process alive', async () => {
    const app = await queues.startApp();
    const orders = queue();
    const [job] = await startJobs(app, orders, ['slow'], 400);
    app.close();
    await app.event('close-resolved');
    expect(await orders.getJobState(job!.id!)).toBe('completed');
    expect(await app.exited).toMatchObject({ code: 0, signal: null });
  });
});

describe.skipIf(isRedisMissing)('BullMQ whose Redis', () => {
  it.each([
    { gone: 'before the signal', work: [], code: 0 },
    { gone: 'before the signal', work: ['slow'], code: 1 },
    { gone: 'while draining', work: ['hang'], code: 1 },
  ])('is gone $gone lets the process end in time, with $work', async ({ gone, work, code }) => {
    const own = await startRedis();
    const env = { REDIS_PORT: String(own.port) };
    const app = await queues.startApp({ drainTimeoutMs: 1500, closeTimeoutMs: 2500 }, env);
    const jobs = new Queue('orders', {
      connection: { ...queues.redis, port: own.port },
      prefix: queues.prefix,
    });
    jobs.on('error', () => {});
    await startJobs(app, jobs, work, 300);
    void jobs.disconnect();
    if (gone === 'before the signal') await own.stop();
    const sentAt = app.signal('SIGTERM');
    await app.event('draining');
    await own.stop();
    const exit = await app.exited;
    // The time for closing has not been used up.
    expect(exit.at - sentAt).toBeLessThan(1500 + SOON_MS);
    expect(exit).toMatchObject({ code, signal: null });
  });
});
