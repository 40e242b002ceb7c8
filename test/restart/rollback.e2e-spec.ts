import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import type { Fault } from '../fixtures/release-config.js';
import type { RestartLoad } from '../support/restart-load.js';
import { endCommands, RunningCommand } from '../support/running-command.js';

const startMs = 60_000;
const cases: readonly [string, Fault, RegExp][] = [
  ['throws at boot', 'throws', /exited with 1 before it was ready/],
  ['exits before it is ready', 'exits', /exited with 3 before it was ready/],
  ['never becomes ready', 'never-ready', /not ready within 8000 ms/],
  ['hangs in onModuleInit', 'hangs', /not ready within 8000 ms/],
  ['dies in the soak', 'dies', /exited with 1 during its soak/],
];

describe('a release that', () => {
  let service: RunningCommand;
  let load: RestartLoad;
  let workers: number[];

  beforeAll(async () => {
    service = await RunningCommand.start({
      workers: 2,
      args: ['--ready-timeout', '8s', '--soak', '600ms'],
    });
    workers = await service.pids();
    // So many, and so slow, that each worker has some in flight at any time.
    load = service.load({ clients: 24, pauseMs: 10, workMs: 100 });
  }, startMs);
  afterAll(endCommands);

  it.each(cases)('%s never replaces one that works', async (_what, fault, reason) => {
    const { generation } = await service.status();
    await load.more(20);
    service.deploy({ version: 'bad', fault });
    const { code, output } = await service.reload();
    await load.more(20);

    expect(code).toBe(1);
    expect(output).toMatch(reason);
    const { workers: left, lastReload } = await service.status();
    expect(left.map(({ pid, phase }) => [pid, phase])).toEqual(
      workers.map((pid) => [pid, 'ready']),
    );
    expect(lastReload).toMatchObject({
      outcome: 'failed',
      replaced: 0,
      generation: generation + 1,
    });
    expect(lastReload?.reason).toMatch(reason);
    expect(service.log).toContain(lastReload?.reason);
    expect(load.hits.filter(({ error }) => error !== undefined)).toEqual([]);
  });

  it('fails does not prevent the next reload', async () => {
    service.deploy({ version: 'good' });
    expect(await service.reload()).toMatchObject({ code: 0 });
    await load.more(20);

    expect(await service.version()).toBe('good');
    expect((await service.pids()).filter((pid) => workers.includes(pid))).toEqual([]);
    const { failed, versions } = await load.stop();
    expect(failed).toEqual([]);
    expect(Object.keys(versions)).toEqual(['v1', 'good']);
  });
});
