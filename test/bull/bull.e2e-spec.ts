import { readFileSync } from 'node:fs';

import Bull, { type Job, type Queue } from 'bull';
import { describe, expect, it } from 'vitest';

import { begun, isRedisMissing, JobQueues, startJobs } from '../support/job-queues.js';
import type { RunningApplication } from '../support/running-application.js';
import { startRedis } from '../support/server-process.js';

const queues = new JobQueues('bull');

function queue(name = 'orders', port = queues.redis.port): Queue {
  const client = new Bull(name, { redis: { ...queues.redis, port }, prefix: queues.prefix });
  // One of them outlives its Redis.
  client.on('error', () => {});
  queues.closeLater(() => client.close(true));
  return client;
}

/** Whether it has begun a job of a processor that is a file. */
function hasChild({ pid }: RunningApplication): boolean {
  return readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8') !== '';
}

describe.skipIf(isRedisMissing)('Bull', () => {
  it('finishes its jobs in flight once, takes no more, and leaves the jobs that they add to others', async () => {
    const app = await queues.startApp({ gracePeriodMs: 400 });
    const orders = queue();
    await startJobs(app, orders, ['slow', 'adds', 'fail', 'tells']);
    app.signal('SIGTERM');
    await app.event('grace');
    await orders.add('late', {});
    await orders.add('later', {});

    expect(await app.exited).toMatchObject({ code: 0, signal: null });
    expect(begun(app)).toEqual(['adds', 'fail', 'slow', 'tells']);
    for (const last of ['job-ends', 'event-ends']) {
      expect(app.order).toContain(last);
      expect(app.order.lastIndexOf(last)).toBeLessThan(app.order.indexOf('onModuleDestroy'));
    }
    expect(await orders.getJobCounts()).toMatchObject({ completed: 3, failed: 0, active: 0 });
    // What failed by itself waits for its second attempt.
    const waiting = await orders.getWaiting();
    expect(Object.fromEntries(waiting.map((job) => [job.name, job.attemptsMade]))).toEqual({
      added: 0,
      fail: 1,
      late: 0,
      later: 0,
    });
    expect(app.log).toMatch(/; 4 queue jobs finished[,;)]/);
    expect(app.log).not.toMatch(/the pool is closed|WARN|ERROR/);
  });

  it('hands back jobs that do not end in time, and another worker takes them at once', async () => {
    const app = await queues.startApp({ drainTimeoutMs: 1500 });
    const orders = queue();
    await startJobs(app, orders, ['hang', 'deadline', 'slow'], 200);
    const sentAt = app.signal('SIGTERM');
    await app.event('grace');
    const processed: string[] = [];
    const done = new Promise<void>((resolve) => {
      void queue().process('*', (job: Job) => {
        processed.push(job.name);
        if (processed.length === 2) resolve();
        return Promise.resolve();
      });
    });

    const exit = await app.exited;
    expect(exit).toMatchObject({ code: 1, signal: null });
    expect(exit.at - sentAt).toBeLessThan(1500 + 1500);
    await done;
    expect(processed.toSorted()).toEqual(['deadline', 'hang']);
    expect(app.log).toMatch(/Cut: queue orders hang [\d.]+ s$/m);
    expect(app.log).toContain('1 queue job finished, 2 handed back');
    const completed = await orders.getCompleted();
    expect(completed.map(({ name }) => name).toSorted()).toContain('slow');
    expect(await orders.getJobCounts()).toMatchObject({ failed: 0 });
  });

  it('waits for a processor that is a file, whose child process ends with it if it is cut', async () => {
    const app = await queues.startApp({}, { SANDBOXED: 'yes' });
    const files = queue('files');
    const [short, long] = [await files.add({ ms: 700 }), await files.add({ ms: 60_000 })];
    await app.until('child', () => hasChild(app));
    app.signal('SIGTERM');
    expect(await app.exited).toMatchObject({ code: 0, signal: null });
    expect(await files.getJob(short.id)).toMatchObject({ returnvalue: 'from a file' });
    expect(await long.getState()).toBe('waiting');

    const other = await queues.startApp({ drainTimeoutMs: 500 }, { SANDBOXED: 'yes' });
    await other.until('child', () => hasChild(other));
    other.signal('SIGTERM');
    expect(await other.exited).toMatchObject({ code: 1, signal: null });
    expect(await long.getState()).toBe('waiting');
    expect(other.log).toContain('0 queue jobs finished, 1 handed back');
  });

  it('drains by close(), too, and leaves nothing that keeps the process alive', async () => {
    const app = await queues.startApp();
    const orders = queue();
    const [job] = await startJobs(app, orders, ['slow'], 400);
    app.close();
    await app.event('close-resolved');
    expect(await job!.getState()).toBe('completed');
    expect(await app.exited).toMatchObject({ code: 0, signal: null });
  });
});

describe.skipIf(isRedisMissing)('Bull without Redis', () => {
  it.each([{ work: [] }, { work: ['hang'] }])(
    'lets the process end in time, with $work',
    async ({ work }) => {
      const own = await startRedis();
      const env = { REDIS_PORT: String(own.port) };
      const app = await queues.startApp({ drainTimeoutMs: 1500, closeTimeoutMs: 2500 }, env);
      await startJobs(app, queue('orders', own.port), work, 300);
      await own.stop();
      const sentAt = app.signal('SIGTERM');
      const exit = await app.exited;
      expect(exit.at - sentAt).toBeLessThan(1500 + 2500 + 1000);
      expect(exit.signal).toBeNull();
      // Bull's own commands may meet the connection before it knows that it is gone: that is told.
      const isTold = work.length > 0 || app.log.includes('uncaught error');
      expect(exit.code).toBe(isTold ? 1 : 0);
    },
  );
});
