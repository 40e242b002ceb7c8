import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import type { RestartStatus } from '../../src/restart/restart-status.js';
import { HeldRequest } from '../support/http-client.js';
import { endCommands, RunningCommand } from '../support/running-command.js';

const startMs = 30_000;

describe('nestjs-drain status', () => {
  let service: RunningCommand;
  beforeAll(async () => {
    service = await RunningCommand.start({ workers: 2 });
  }, startMs);
  afterAll(endCommands);

  it('prints generation, PIDs, ages, states and the number in flight with --json', async () => {
    const held = await HeldRequest.begin(service.port, '/orders');
    await service.statusWith('a request in flight', ({ workers }) =>
      workers.some(({ inFlight }) => inFlight === 1),
    );
    const { code, output } = await service.run('status', '--json');
    const status = JSON.parse(output) as RestartStatus;
    expect(await held.finish()).toMatch(' 200 ');

    expect(code).toBe(0);
    expect(status).toMatchObject({
      pid: service.pid,
      generation: 1,
      isReloading: false,
      wanted: 2,
      workers: [1, 2].map((slot) => ({ slot, generation: 1, phase: 'ready', state: 'running' })),
    });
    expect(status.lastReload).toBeUndefined();
    expect(new Set(status.workers.map(({ inFlight }) => inFlight))).toEqual(new Set([0, 1]));
    expect(new Set(status.workers.map(({ pid }) => pid)).size).toBe(2);
    for (const { ageMs, pid } of status.workers) {
      expect(pid).not.toBe(service.pid);
      expect(ageMs).toBeGreaterThan(0);
      expect(ageMs).toBeLessThan(status.uptimeMs);
    }
  });

  it('prints the same as a table', async () => {
    const { code, output } = await service.run('status');
    expect(code).toBe(0);
    expect(output).toMatch(/generation\W+1\b/i);
    for (const pid of [service.pid, ...(await service.pids())]) {
      expect(output).toContain(String(pid));
    }
    expect(output.match(/\bready\b/g)?.length).toBeGreaterThanOrEqual(2);
  });

  it.each([
    ['its PID', () => ['--pid', String(service.pid)]],
    ['its PID file', () => ['--pid-file', service.pidFile]],
    ['being the only one', () => []],
  ])('finds the service by %s', async (_what, options) => {
    const { code, output } = await service.runAlone('status', '--json', ...options());
    expect(code).toBe(0);
    expect(JSON.parse(output)).toMatchObject({ pid: service.pid });
  });

  it('shows an old worker that is leaving beside the new one', async () => {
    const held = await HeldRequest.begin(service.port, '/orders');
    const before = await service.statusWith('a request in flight', ({ workers }) =>
      workers.some(({ inFlight }) => inFlight === 1),
    );
    const busy = before.workers.find(({ inFlight }) => inFlight === 1)!;
    service.deploy({});
    const reload = service.reload();
    const during = await service.statusWith('the old worker leaving', ({ workers }) => {
      return workers.some(({ pid, state }) => pid === busy.pid && state === 'draining');
    });
    expect(during.generation).toBe(2);
    const inSlot = during.workers.filter(({ slot }) => slot === busy.slot);
    expect(inSlot).toMatchObject([
      { pid: busy.pid, generation: 1, phase: 'leaving', inFlight: 1 },
      { generation: 2, phase: 'ready', state: 'running' },
    ]);
    expect(await held.finish()).toMatch(' 200 ');
    await reload;

    const { generation, lastReload } = await service.status();
    expect(generation).toBe(2);
    expect(lastReload).toEqual({ outcome: 'completed', replaced: 2, generation: 2 });
  });

  it('fails if there is no service, and says so', async () => {
    await service.exitedAfter('SIGTERM');
    const { code, output } = await service.run('status');
    expect(code).toBe(3);
    expect(output).toMatch(/ERR_RESTART_NOT_RUNNING|no service/i);
  });
});
