import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import type { ReloadResult } from '../../src/restart/restart-status.js';
import { endCommands, RunningCommand } from '../support/running-command.js';

const startMs = 30_000;

/** What each hook does is told by a file beside it, which a test writes. */
const hooks = `
import { appendFileSync, existsSync, readFileSync } from 'node:fs';
const at = (name) => import.meta.dirname + '/' + name;
const told = (name) => existsSync(at(name)) ? readFileSync(at(name), 'utf8') : '';
const tell = (line) => appendFileSync(at('told'), JSON.stringify(line) + '\\n');
async function hook(name, detail) {
  tell([name, detail]);
  if (told(name) === 'throws') throw new Error('the migration is not done');
  return told(name) !== 'vetoes';
}
const signals = (signal, when) => hook('onSignal', when + ' ' + signal).then(() => {});
export default {
  onSignal: { SIGUSR1: signals, SIGTSTP: signals, SIGHUP: signals },
  beforeReload: () => hook('beforeReload'),
  afterReload: (result) => hook('afterReload', result).then(() => {}),
  beforeStop: (signal) => hook('beforeStop', signal),
  afterStop: () => hook('afterStop').then(() => {}),
};
`;

describe('the hooks of a service:', () => {
  let service: RunningCommand;
  let first: number[];
  beforeAll(async () => {
    service = await RunningCommand.start({ hooks });
    first = await service.pids();
  }, startMs);
  afterAll(endCommands);

  const does = (name: string, what: string) => writeFileSync(join(service.folder, name), what);
  const told = (): [string, unknown][] => {
    const file = join(service.folder, 'told');
    if (!existsSync(file)) return [];
    return readFileSync(file, 'utf8')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as [string, unknown]);
  };

  it.each(['vetoes', 'throws'])('beforeReload cancels the reload if it %s', async (what) => {
    does('beforeReload', what);
    const { code, output } = await service.reload();

    expect(code).toBe(1);
    expect(output).toMatch(what === 'throws' ? /the migration is not done/ : /beforeReload/);
    expect(await service.pids()).toEqual(first);
  });

  it('afterReload gets the result, and changes nothing if it throws', async () => {
    does('beforeReload', '');
    does('afterReload', 'throws');
    expect(await service.reload()).toMatchObject({ code: 0 });

    const [name, result] = told().at(-1)!;
    expect(name).toBe('afterReload');
    expect(result as ReloadResult).toMatchObject({ outcome: 'completed', replaced: 1 });
    await service.logged(/afterReload.*the migration is not done/);
    expect(await service.pids()).not.toEqual(first);
  });

  it('onSignal runs before and after the service acts, also for signals that it otherwise ignores', async () => {
    const { generation } = await service.status();
    for (const signal of ['SIGUSR1', 'SIGTSTP'] as const) {
      service.signalGroup(signal);
      await service.until(signal, () => told().at(-1)?.[1] === `after ${signal}`);
      expect(told().slice(-2)).toEqual([
        ['onSignal', `before ${signal}`],
        ['onSignal', `after ${signal}`],
      ]);
    }
    expect(await service.readyWorkers()).toHaveLength(1);

    service.signal('SIGHUP');
    await service.reloaded(generation + 1);
    const names = told().map(([name, detail]) => (name === 'onSignal' ? detail : name));
    const since = names.slice(names.indexOf('after SIGTSTP') + 1);
    expect(since[0]).toBe('before SIGHUP');
    expect(new Set(since.slice(1))).toEqual(
      new Set(['beforeReload', 'after SIGHUP', 'afterReload']),
    );
  });

  it('beforeStop can keep the service, and a later signal asks again', async () => {
    does('beforeStop', 'vetoes');
    service.signal('SIGTERM');
    await service.until('beforeStop', () => told().at(-1)?.[0] === 'beforeStop');
    await service.logged(/beforeStop/);
    expect(await service.version()).toBe('v1');
    expect(await service.readyWorkers()).toHaveLength(1);
  });

  it('beforeStop does not prevent the stop if it throws', async () => {
    does('beforeStop', 'throws');
    service.signal('SIGINT');
    expect(await service.exited).toMatchObject({ signal: null });

    expect(told().slice(-2)).toEqual([
      ['beforeStop', 'SIGINT'],
      ['afterStop', null],
    ]);
    expect(service.log).toMatch(/beforeStop.*the migration is not done/);
  });
});
