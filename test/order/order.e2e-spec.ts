import { ClientProxyFactory, Transport } from '@nestjs/microservices';
import { Queue } from 'bullmq';
import { once } from 'node:events';
import { firstValueFrom } from 'rxjs';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';

import type { FixtureConfig } from '../fixtures/config.js';
import { LATE_MS } from '../support/bounds.js';
import { attempt, request } from '../support/http-client.js';
import { endAll, type RunningApplication, start } from '../support/running-application.js';
import {
  findProgram,
  freePort,
  type ServerProcess,
  startRedis,
} from '../support/server-process.js';

/** Work in flight of every kind, and its outcome. */
interface Work {
  readonly http: ReturnType<typeof attempt>;
  readonly message: Promise<unknown>;
  readonly events: Promise<string>;
  readonly chat: Promise<{ replies: string[]; code: number }>;
}

// Needs a Redis of its own: Debian's package redis-server.
describe.skipIf(findProgram('redis-server') === undefined)(
  'an application with every kind of work',
  () => {
    let redis: ServerProcess;
    let queue: Queue;

    beforeAll(async () => {
      redis = await startRedis();
      queue = new Queue('orders', { connection: { host: '127.0.0.1', port: redis.port } });
    });

    afterEach(async () => {
      await endAll();
      await queue.obliterate({ force: true });
    });

    afterAll(async () => {
      await queue.close();
      await redis.stop();
    });

    async function startWithWork(
      config: FixtureConfig,
      ms: number,
    ): Promise<[RunningApplication, Work]> {
      const port = await freePort();
      const app = await start(
        { program: 'everything', ...config },
        { REDIS_PORT: String(redis.port), FIXTURE_PORT: String(port), JOB_MS: String(ms) },
      );
      const client = ClientProxyFactory.create({
        transport: Transport.TCP,
        options: { host: '127.0.0.1', port },
      });
      const message = firstValueFrom(client.send('slow', ms)).finally(() => void client.close());
      const work: Work = {
        http: attempt(app.port, `/slow?ms=${ms}`),
        message,
        events: request(app.port, '/events', { headers: { accept: 'text/event-stream' } }).then(
          ({ body }) => body,
        ),
        chat: chat(app.port, ms),
      };
      await app.event('handler', 3);
      await app.event('job-begins');
      await app.event('tick');
      return [app, work];
    }

    it('leaves in order: consumers stop at once, connections are told, HTTP is served to the end', async () => {
      const [app, work] = await startWithWork({ options: { gracePeriodMs: 1000 } }, 1500);
      app.signal('SIGTERM');
      await app.event('grace');
      const served = await attempt(app.port, '/hello');

      expect(served).toMatchObject({ status: 200 });
      expect(await work.chat).toEqual({ replies: ['row'], code: 1012 });
      expect(await work.events).toMatch(/^retry: \d+\n\n$/m);
      expect(await work.message).toBe('row');
      expect(await work.http).toMatchObject({ status: 200, body: '{"row":"row"}' });
      expect(await app.exited).toMatchObject({ code: 0, signal: null });

      expect(after(app, 'grace')).not.toContain('tick');
      expect(after(app, 'grace')).not.toContain('job-begins');
      expect(app.order.filter((name) => name === 'job-ends')).toHaveLength(1);
      expect(after(app, 'onModuleDestroy')).not.toContain('job-ends');
      expect(await queue.getJobCounts('completed', 'failed', 'waiting', 'active')).toEqual({
        completed: 1,
        failed: 0,
        waiting: 1,
        active: 0,
      });
      expect(app.log).not.toMatch(/WARN|ERROR/);
    });

    it('names participants that throw or hang, which hold up no other', async () => {
      const options = { drainTimeoutMs: 2500, closeTimeoutMs: 1000 };
      const [app, work] = await startWithWork({ options, quirks: ['bad-participants'] }, 500);
      const sentAt = app.signal('SIGTERM');

      expect(await work.chat).toEqual({ replies: ['row'], code: 1012 });
      expect(await work.events).toMatch(/^retry: \d+\n\n$/m);
      expect(await work.message).toBe('row');
      expect(await work.http).toMatchObject({ status: 200, body: '{"row":"row"}' });
      const { code, at } = await app.exited;

      expect(code).toBe(1);
      expect(at - sentAt).toBeLessThan(2500 + 1000 + LATE_MS);
      expect(app.log).toContain('participant throwing: no drain today');
      expect(app.log).toContain('participant hanging: has no work in flight');
      expect(await queue.getJobCounts('completed', 'failed')).toEqual({ completed: 1, failed: 0 });
    });
  },
);

/** What a client of the gateway is told until it is sent away. */
async function chat(port: number, ms: number): Promise<{ replies: string[]; code: number }> {
  const socket = new WebSocket(`ws://127.0.0.1:${port}`);
  const replies: string[] = [];
  socket.on('message', (data: Buffer) => {
    replies.push((JSON.parse(data.toString()) as { data: string }).data);
  });
  await once(socket, 'open');
  socket.send(JSON.stringify({ event: 'slow', data: ms }));
  const [code] = (await once(socket, 'close')) as [number];
  return { replies, code };
}

/** What the application told of after this event. */
function after(app: RunningApplication, name: string): string[] {
  return app.order.slice(app.order.indexOf(name) + 1);
}
