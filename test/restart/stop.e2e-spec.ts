import { existsSync, readFileSync, watch } from 'node:fs';
import { basename } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import { afterEach, describe, expect, it } from 'vitest';

import { SOON_MS } from '../support/bounds.js';
import { attempt, request } from '../support/http-client.js';
import { endCommands, isAlive, RunningCommand } from '../support/running-command.js';

/** What comes sooner is the same signal, passed on. */
const noEchoMs = 200;
const order = { body: '{"id":1}' };

/** A request in flight, and the serving workers. */
async function underWay(service: RunningCommand, path = '/orders?ms=1200') {
  const answer = attempt(service.port, path, { agent: false, ...(path !== '/hang' && order) });
  await service.statusWith('a request in flight', ({ workers }) =>
    workers.some(({ inFlight }) => inFlight === 1),
  );
  return { answer, workers: await service.pids() };
}

describe('stopping a service', () => {
  afterEach(endCommands);

  it.each(['SIGTERM', 'SIGINT'] as const)(
    'by %s answers requests in flight, ends all processes, and exits with 0',
    async (signal) => {
      const service = await RunningCommand.start({ workers: 2 });
      const { answer, workers } = await underWay(service);
      service.signal(signal);

      expect(await answer).toMatchObject({ status: 200, connection: 'close' });
      expect(await service.exited).toMatchObject({ code: 0, signal: null });
      expect(workers.filter(isAlive)).toEqual([]);
      expect(await attempt(service.port, '/version')).toEqual({ error: 'ECONNREFUSED' });
    },
  );

  it('by a SIGINT to the whole group, as from a terminal, is the same as to the primary', async () => {
    const service = await RunningCommand.start({ workers: 2 });
    const { answer } = await underWay(service);
    service.signalGroup('SIGINT');

    expect(await answer).toMatchObject({ status: 200 });
    expect(await service.exited).toMatchObject({ code: 0, signal: null });
  });

  it('by a second signal cuts the work in flight', async () => {
    const service = await RunningCommand.start();
    const { answer, workers } = await underWay(service, '/hang');
    service.signal('SIGTERM');
    await sleep(noEchoMs);
    const at = Date.now();
    service.signal('SIGTERM');

    expect(await answer).toHaveProperty('error');
    const exit = await service.exited;
    expect(exit.at - at).toBeLessThan(3000);
    expect(exit.code).toBe(1);
    expect(workers.filter(isAlive)).toEqual([]);
  });

  it('by a third signal kills all processes at once', async () => {
    const service = await RunningCommand.start();
    const workers = await service.pids();
    const answer = attempt(service.port, '/spin?ms=20000', { agent: false });
    await service.statusWith('a worker that does not answer', (status) => {
      return status.workers[0]?.inFlight === undefined;
    });
    service.signal('SIGTERM');
    await sleep(noEchoMs);
    service.signal('SIGTERM');
    await sleep(noEchoMs);
    const at = Date.now();
    service.signal('SIGTERM');

    const exit = await service.exited;
    expect(exit.at - at).toBeLessThan(SOON_MS);
    expect(exit.code).toBe(1);
    expect(await answer).toHaveProperty('error');
    expect(workers.filter(isAlive)).toEqual([]);
  });

  it('removes the PID file, which is there from readiness on and never half-written', async () => {
    const service = await RunningCommand.begin();
    const contents = new Set<string>();
    const watcher = watch(service.folder, (_event, name) => {
      if (name !== basename(service.pidFile) || !existsSync(service.pidFile)) return;
      contents.add(readFileSync(service.pidFile, 'utf8').trim());
    });
    try {
      await service.until('PID file', () => existsSync(service.pidFile));
      expect((await request(service.port, '/ready')).status).toBe(200);
      expect(readFileSync(service.pidFile, 'utf8').trim()).toBe(String(service.pid));
      service.signal('SIGTERM');
      await service.exited;
      expect([...contents]).toEqual([String(service.pid)]);
      expect(existsSync(service.pidFile)).toBe(false);
    } finally {
      watcher.close();
    }
  });

  it('in Kubernetes stops the application alone, after a warning that there are no workers', async () => {
    const service = await RunningCommand.begin({
      workers: 2,
      env: { KUBERNETES_SERVICE_HOST: '10.0.0.1' },
      release: { options: { gracePeriodMs: 0 } },
    });
    await service.logged(/Kubernetes/);
    await service.until('application', async () => {
      return 'status' in (await attempt(service.port, '/version'));
    });
    const { body } = await request(service.port, '/version', { agent: false });
    expect(JSON.parse(body)).toEqual({ version: 'v1', pid: service.pid });
    service.signal('SIGTERM');
    expect(await service.exited).toMatchObject({ code: 0, signal: null });
  });
});
