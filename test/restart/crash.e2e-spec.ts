import { setTimeout as sleep } from 'node:timers/promises';

import { afterEach, describe, expect, it } from 'vitest';

import { SOON_MS } from '../support/bounds.js';
import { attempt, isAnswer, request } from '../support/http-client.js';
import { endCommands, isAlive, RunningCommand } from '../support/running-command.js';

describe('a crash in a service:', () => {
  afterEach(endCommands);

  it('a killed worker is replaced at once, and only its requests in flight are lost', async () => {
    const service = await RunningCommand.start({ workers: 2 });
    const load = service.load({ workMs: 20 });
    await load.more(100);
    const before = await service.status();
    const [victim, other] = await service.pids();
    const at = Date.now();
    process.kill(victim!, 'SIGKILL');
    await service.statusWith('the next worker', ({ workers }) => {
      return workers.some(({ pid, phase }) => phase === 'ready' && pid !== victim && pid !== other);
    });
    await load.more(50);
    const { failed } = await load.stop();

    // Of 16 clients, at most those whose request or connection the worker had.
    expect(failed.length).toBeLessThanOrEqual(16);
    expect(failed.filter(({ error }) => error !== 'ECONNRESET')).toEqual([]);
    expect(failed.filter((hit) => hit.at > at + 100)).toEqual([]);
    expect(await service.pids()).toContain(other);
    expect((await service.status()).generation).toBe(before.generation);
  });

  it('requests in the accept queue outlive the only worker', async () => {
    const service = await RunningCommand.start();
    const spun = attempt(service.port, '/spin?ms=20000', { agent: false });
    await service.statusWith('a worker that does not answer', ({ workers }) => {
      return workers[0]?.phase === 'ready' && workers[0].inFlight === undefined;
    });
    const waiting = Array.from({ length: 20 }, (_, id) =>
      attempt(service.port, '/orders', { agent: false, body: JSON.stringify({ id }) }),
    );
    // Nobody can see the accept queue: time for the clients to get there.
    await sleep(200);
    const [worker] = await service.pids();
    process.kill(worker!, 'SIGKILL');

    expect(await spun).toEqual({ error: 'ECONNRESET' });
    const answers = (await Promise.all(waiting)).filter(isAnswer);
    expect(answers.map(({ body }) => (JSON.parse(body) as { order: unknown }).order)).toEqual(
      Array.from({ length: 20 }, (_, id) => ({ id })),
    );
  });

  it('a worker that crashes again and again is started again after growing pauses', async () => {
    const service = await RunningCommand.start({ workers: 2 });
    const [victim] = await service.pids();
    service.overwrite('process.exit(1);');
    const begins: number[] = [];
    const seen = new Set(await service.pids());
    const begin = Date.now();
    process.kill(victim!, 'SIGKILL');
    while (begins.length < 6 && Date.now() - begin < 15_000) {
      for (const { pid } of (await service.status()).workers) {
        if (!seen.has(pid)) begins.push(Date.now());
        seen.add(pid);
      }
      await sleep(10);
    }
    const pauses = begins.slice(1).map((at, i) => at - begins[i]!);

    expect(begins[0]! - begin).toBeLessThan(SOON_MS);
    // 100 ms, then 1.5 times as long each time, and as long as the worker has taken to end.
    const atLeast = [100, 150, 225, 337, 506];
    expect(pauses.map((ms, i) => ms >= atLeast[i]! - 20)).toEqual(atLeast.map(() => true));
    expect(await service.version()).toBe('v1');

    // A reload does not wait for the end of the pause.
    service.deploy({});
    expect((await service.reload()).code).toBe(0);
    await service.allReady();
  });

  it('a worker that dies is replaced by one of its own release, not of an untested one', async () => {
    const service = await RunningCommand.start();
    service.deploy('process.exit(1);');
    expect((await service.reload()).code).toBe(1);
    const [victim] = await service.pids();
    process.kill(victim!, 'SIGKILL');
    await service.until('another worker', async () => {
      const { workers } = await service.status();
      return workers.some(({ pid, phase }) => pid !== victim && phase === 'ready');
    });
    expect(await service.version()).toBe('v1');
    expect(await service.status()).toMatchObject({ generation: 2, workers: [{ generation: 1 }] });
  });

  it('the primary exits with an error code if no worker can run', async () => {
    const service = await RunningCommand.begin({ release: { fault: 'throws' } });
    const { code, signal } = await service.exited;
    expect(signal).toBeNull();
    expect(code).toBeGreaterThan(0);
    expect(service.log).toContain('no such table: orders');
  });

  it('if the primary is killed, requests in flight end, all workers leave, and the port is free', async () => {
    const service = await RunningCommand.start({ workers: 2 });
    const workers = await service.pids();
    const slow = Array.from({ length: 6 }, () =>
      attempt(service.port, '/orders?ms=1500', { agent: false, body: '{"id":1}' }),
    );
    await service.statusWith('requests in flight', (status) => {
      return status.workers.reduce((sum, { inFlight = 0 }) => sum + inFlight, 0) === 6;
    });
    service.signal('SIGKILL');
    await service.exited;

    const answers = await Promise.all(slow);
    expect(answers.filter(isAnswer)).toHaveLength(6);
    await service.until('end of the workers', () => !workers.some(isAlive));
    expect(await attempt(service.port, '/version')).toEqual({ error: 'ECONNREFUSED' });
  });

  it('a worker that dies during a reload is replaced, and the reload goes on', async () => {
    const service = await RunningCommand.start({ workers: 2 });
    const load = service.load();
    service.deploy({ fault: 'slow' });
    const reload = service.reload();
    await service.statusWith('a new worker', ({ workers }) => workers.length === 3);
    const [victim] = await service.pids();
    process.kill(victim!, 'SIGKILL');

    expect(await reload).toMatchObject({ code: 0 });
    const { workers } = await service.allReady();
    expect(workers.filter(({ phase }) => phase === 'ready')).toHaveLength(2);
    const { failed } = await load.stop();
    expect(failed.filter(({ error }) => error !== 'ECONNRESET')).toEqual([]);
    await service.until('the new code only', async () => (await service.version()) === 'v2');
    expect((await request(service.port, '/ready')).status).toBe(200);
  });
});
