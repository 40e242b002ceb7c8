import { setTimeout as sleep } from 'node:timers/promises';

import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';

import { SOON_MS } from '../support/bounds.js';
import { keepAliveAgent, request } from '../support/http-client.js';
import { endCommands, isAlive, RunningCommand } from '../support/running-command.js';

const startMs = 30_000;
const json = (body: string) => JSON.parse(body) as { version: string; pid: number };

describe('a reload', () => {
  afterEach(endCommands);

  it.each(['path', 'cwd'] as const)(
    'runs the code that is on disk now, behind a link that moved, under the same PID (%s)',
    async (from) => {
      const service = await RunningCommand.start({ from });
      const before = await service.status();
      expect(before).toMatchObject({ pid: service.pid, generation: 1, wanted: 1 });
      expect(await service.version()).toBe('v1');

      service.deploy({});
      service.signal('SIGHUP');
      const after = await service.reloaded(2);

      expect(after).toMatchObject({
        pid: service.pid,
        lastReload: { outcome: 'completed', replaced: 1 },
      });
      expect(await service.pids()).not.toContain(before.workers[0]!.pid);
      expect(await service.version()).toBe('v2');
    },
  );

  it('lets the old worker answer its requests in flight', async () => {
    const service = await RunningCommand.start();
    const [old] = await service.pids();
    const slow = request(service.port, '/orders?ms=2500', { agent: false, body: '{"id":7}' });
    await service.statusWith('a request in flight', ({ workers }) => workers[0]?.inFlight === 1);
    service.deploy({});
    const { code } = await service.reload();

    expect(code).toBe(0);
    expect(await service.version()).toBe('v2');
    expect(JSON.parse((await slow).body)).toEqual({ version: 'v1', pid: old, order: { id: 7 } });
    await service.until('end of the old worker', () => !isAlive(old!));
  });

  it('is ended by a stop, which includes the new worker', async () => {
    const service = await RunningCommand.start({ workers: 2 });
    const slow = request(service.port, '/orders?ms=1500', { agent: false, body: '{}' });
    await service.statusWith('a request in flight', ({ workers }) =>
      workers.some(({ inFlight }) => inFlight === 1),
    );
    service.deploy({ fault: 'slow' });
    service.signal('SIGHUP');
    const { workers } = await service.statusWith('a new worker', (status) => {
      return status.workers.some(({ phase }) => phase === 'starting');
    });
    service.signal('SIGTERM');

    expect(json((await slow).body).version).toBe('v1');
    expect(await service.exited).toMatchObject({ code: 0, signal: null });
    expect(workers.map(({ pid }) => pid).filter(isAlive)).toEqual([]);
    expect(workers).toHaveLength(3);
  });
});

describe('a reload of two workers', () => {
  let service: RunningCommand;
  beforeAll(async () => {
    // Longer than a reload takes: a connection that its server ends meanwhile is no reset.
    service = await RunningCommand.start({ workers: 2, release: { keepAliveTimeoutMs: 20_000 } });
  }, startMs);
  afterAll(endCommands);

  it('never leaves fewer ready workers than requested', async () => {
    const { generation } = await service.status();
    const readyOnes: number[] = [];
    service.signal('SIGHUP');
    for (let isOver = false; !isOver; await sleep(5)) {
      const { workers, ...status } = await service.status();
      readyOnes.push(workers.filter(({ phase }) => phase === 'ready').length);
      isOver = status.generation > generation && !status.isReloading;
    }

    expect(await service.status()).toMatchObject({
      lastReload: { outcome: 'completed', replaced: 2 },
    });
    expect(readyOnes.length).toBeGreaterThan(20);
    expect(Math.min(...readyOnes)).toBe(2);
  });

  it('resets no kept-alive client: the old worker answers once more and says close', async () => {
    const clients = Array.from({ length: 12 }, () => keepAliveAgent());
    const ask = () =>
      Promise.all(clients.map((agent) => request(service.port, '/version', { agent })));
    const before = await ask();
    const old = new Set(await service.pids());
    service.deploy({});
    const { code } = await service.reload();
    const [after, later] = [await ask(), await ask()];
    for (const agent of clients) agent.destroy();

    expect(code).toBe(0);
    expect(before.every(({ connection }) => connection === 'keep-alive')).toBe(true);
    // Each on its own connection, so by the worker that it had been talking to.
    expect(after.map(({ body }) => body)).toEqual(before.map(({ body }) => body));
    expect(after.every(({ connection }) => connection === 'close')).toBe(true);
    expect(later.filter(({ body }) => old.has(json(body).pid))).toEqual([]);
  });

  it('turns all requests that come meanwhile into one more reload', async () => {
    const { generation } = await service.status();
    service.deploy({});
    service.signal('SIGHUP');
    await service.statusWith('the reload', ({ isReloading }) => isReloading);
    const more = await Promise.all([service.reload(), service.reload(), service.reload()]);

    expect(more.map(({ code }) => code)).toEqual([0, 0, 0]);
    expect(await service.status()).toMatchObject({
      generation: generation + 2,
      isReloading: false,
    });
  });

  it('can change the number of workers', async () => {
    const numberAfter = async (workers: number) => {
      const { code } = await service.run('reload', '--wait', '--workers', String(workers));
      const all = (await service.status()).workers.filter(({ phase }) => phase === 'ready');
      return { code, slots: new Set(all.map(({ slot }) => slot)) };
    };
    expect(await numberAfter(3)).toEqual({ code: 0, slots: new Set([1, 2, 3]) });
    expect(await numberAfter(2)).toEqual({ code: 0, slots: new Set([1, 2]) });
    await service.statusWith('two workers', ({ workers }) => workers.length === 2);
    expect((await service.run('reload', '--workers', '0')).code).toBe(2);
  });

  it('is requested by SIGUSR2 as by SIGHUP', async () => {
    const { generation } = await service.status();
    service.deploy({ version: 'by SIGUSR2' });
    service.signal('SIGUSR2');
    const { lastReload } = await service.reloaded(generation + 1);

    expect(lastReload).toMatchObject({
      outcome: 'completed',
      replaced: 2,
      generation: generation + 1,
    });
    expect(await service.version()).toBe('by SIGUSR2');
  });
});

describe('a reload under load', () => {
  afterEach(endCommands);

  // By default a short version; DRAIN_TEST_REQUESTS=50000 is the whole of it.
  const requests = Number(process.env['DRAIN_TEST_REQUESTS'] ?? 0);
  const isLong = requests > 0;
  const [reloads, timeoutMs] = isLong ? [10, 300_000] : [3, 60_000];

  it.each([2, 1])(
    'fails no request, however often, with %i worker(s)',
    async (workers) => {
      const adapter = workers === 1 ? 'fastify' : 'express';
      const service = await RunningCommand.start({ workers, release: { adapter } });
      const load = service.load({ clients: isLong ? 24 : 12, pauseMs: isLong ? 0 : 20 });
      await load.more(100);
      for (let i = 0; i < reloads; i++) {
        service.deploy({});
        expect(await service.reload()).toMatchObject({ code: 0 });
        await load.more(Math.max(50, requests / reloads));
      }
      const { failed, versions, slowestMs, requests: sent } = await load.stop();
      if (isLong)
        console.log(`${workers} worker(s): ${sent} requests, the slowest ${slowestMs} ms`);

      expect(failed).toEqual([]);
      expect(Object.keys(versions).toSorted()).toEqual(
        Array.from({ length: reloads + 1 }, (_, i) => `v${i + 1}`).toSorted(),
      );
      expect(slowestMs).toBeLessThan(SOON_MS);
      expect(sent).toBeGreaterThanOrEqual(requests);
      expect((await service.exitedAfter('SIGTERM')).code).toBe(0);
    },
    timeoutMs,
  );
});
