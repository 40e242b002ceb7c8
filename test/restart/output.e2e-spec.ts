import { afterEach, describe, expect, it } from 'vitest';

import { endCommands, RunningCommand } from '../support/running-command.js';
import { findProgram } from '../support/server-process.js';

/** Of util-linux: the same name is another program on macOS. */
const terminal = process.platform === 'linux' ? findProgram('script') : undefined;

describe('the output of a service:', () => {
  afterEach(endCommands);

  it('a service whose readers are gone still reloads, serves and stops', async () => {
    const service = await RunningCommand.start({ workers: 2 });
    const before = await service.pids();
    service.loseReaders();
    service.deploy({});
    service.signal('SIGHUP');
    const { lastReload } = await service.reloaded(2);

    expect(lastReload).toMatchObject({ outcome: 'completed', replaced: 2 });
    expect(await service.version()).toBe('v2');
    expect(await service.pids()).not.toEqual(before);
    expect(await service.exitedAfter('SIGTERM')).toMatchObject({ code: 0, signal: null });
  });

  it('a worker that prints to readers that are gone is not ended by it', async () => {
    const service = await RunningCommand.start();
    const before = await service.pids();
    service.loseReaders();
    for (let i = 0; i < 3; i++) expect(await service.says('hello')).toBe('said');
    expect(await service.pids()).toEqual(before);
  });

  describe.skipIf(terminal === undefined)('in a terminal (needs `script` of util-linux),', () => {
    it('closing it neither stops nor reloads the service, and a later SIGHUP reloads', async () => {
      const service = await RunningCommand.start({ inTerminal: true });
      const { pid } = service;
      const workers = await service.pids();
      service.deploy({});
      service.closeTerminal();
      await service.exited;
      expect(await service.staysFor(1200)).toMatchObject({ pid, generation: 1 });
      expect(await service.pids()).toEqual(workers);

      service.signal('SIGHUP');
      expect(await service.reloaded(2)).toMatchObject({
        pid,
        lastReload: { outcome: 'completed' },
      });
      expect(await service.version()).toBe('v2');
    });

    it('a SIGHUP reloads while it is open', async () => {
      const service = await RunningCommand.start({ inTerminal: true });
      service.deploy({});
      service.signal('SIGHUP');
      expect(await service.reloaded(2)).toMatchObject({ lastReload: { outcome: 'completed' } });
      expect(await service.version()).toBe('v2');
    });
  });
});
