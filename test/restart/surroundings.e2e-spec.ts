import { statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { afterEach, describe, expect, it } from 'vitest';

import { RawConnection, request } from '../support/http-client.js';
import { endCommands, RunningCommand } from '../support/running-command.js';
import { freePort } from '../support/server-process.js';

const MOST_BURSTS = 20;

afterEach(endCommands);

describe('the Unix sockets of a service', () => {
  it('have the mode that their server and the umask demand', async () => {
    const service = await RunningCommand.start({
      from: 'cwd',
      release: { unix: { readableAll: true, writableAll: true, umask: 0o027 } },
    });
    const folder = join(service.folder, 'current');
    // Node 22 takes the right to execute away, as it does without the command.
    expect(mode(join(folder, 'all.sock'))).toMatch(/^(776|666)$/);
    expect(mode(join(folder, 'own.sock'))).toBe('750');
    const { body } = await request(0, '/version', { socketPath: join(folder, 'all.sock') });
    expect(JSON.parse(body)).toMatchObject({ version: 'v1' });
  });
});

it('simultaneous connections are spread evenly over the workers of a service', async () => {
  const service = await RunningCommand.start({ workers: 4 });
  let best = Infinity;
  // A burst may meet a machine that is too busy to run all four.
  for (let burst = 0; burst < MOST_BURSTS && best > 2; burst++) {
    const counts = await connectionsPerWorker(service.port);
    if (counts.length === 4) best = Math.min(best, Math.max(...counts) / Math.min(...counts));
  }
  expect(best).toBeLessThanOrEqual(2);
}, 90_000);

/** Opens connections all at once, and asks each which worker has accepted it. */
async function connectionsPerWorker(port: number): Promise<number[]> {
  const connections = await Promise.all(Array.from({ length: 40 }, () => RawConnection.open(port)));
  const perWorker = new Map<string, number>();
  for (const connection of connections) {
    connection.write('GET /version HTTP/1.1\r\nHost: test\r\n\r\n');
    await connection.until('}');
    const [, pid] = /"pid":(\d+)/.exec(connection.received)!;
    perWorker.set(pid!, (perWorker.get(pid!) ?? 0) + 1);
    connection.end();
  }
  return [...perWorker.values()];
}

describe('in the environment,', () => {
  it('--env-file is read anew by the workers of a reload', async () => {
    const files = { first: 'SETTING=one\nGIVEN=file\n', second: 'SETTING=two\nADDED=yes\n' };
    const service = await RunningCommand.start({
      nodeOptions: ['--env-file=settings'],
      env: { GIVEN: 'given' },
      prepare: (folder) => writeFileSync(join(folder, 'settings'), files.first),
      from: 'path',
    });
    const value = async (name: string) => {
      const { body } = await request(service.port, `/environment?name=${name}`, { agent: false });
      return (JSON.parse(body) as { value?: string }).value;
    };
    expect(await value('SETTING')).toBe('one');
    expect(await value('GIVEN')).toBe('given');
    writeFileSync(join(service.folder, 'settings'), files.second);
    expect((await service.reload()).code).toBe(0);
    expect(await value('SETTING')).toBe('two');
    expect(await value('ADDED')).toBe('yes');
    expect(await value('GIVEN')).toBe('given');
  });

  it('--inspect applies to the workers, each on a separate port, and not to the primary', async () => {
    const first = await freePort();
    // The next one, for the second worker: free ports come one after the other.
    await freePort();
    const service = await RunningCommand.start({
      workers: 2,
      nodeOptions: [`--inspect=127.0.0.1:${first}`],
    });
    expect(service.log).not.toContain('failed: address already in use');
    const ports = [...service.log.matchAll(/Debugger listening on ws:\/\/127\.0\.0\.1:(\d+)/g)];
    // The first line is Node's, before the command begins.
    const numbers = ports.map(([, port]) => Number(port)).toSorted((a, b) => a - b);
    expect(numbers).toEqual([first, first, first + 1]);
    const { body } = await request(first, '/json/list');
    const [target] = JSON.parse(body) as { title: string }[];
    expect(target?.title).toContain('main.mjs');
  });
});

describe('a release behind a link without PWD', () => {
  it('is followed, and the old release may be removed', async () => {
    const service = await RunningCommand.start({ from: 'manager' });
    expect(await service.version()).toBe('v1');
    service.deploy({});
    service.removeOld();
    expect((await service.reload()).code).toBe(0);
    expect(await service.version()).toBe('v2');
  });

  it('gets a warning if the same file is loaded again', async () => {
    const service = await RunningCommand.start();
    expect((await service.reload()).code).toBe(0);
    await service.logged(/current\/main\.mjs is the same file as before/);
  });
});

it('a signal from the option of the application stops the service', async () => {
  const service = await RunningCommand.start({
    release: { options: { signals: ['SIGTERM', 'SIGALRM'] } },
  });
  expect(await service.exitedAfter('SIGALRM')).toMatchObject({ code: 0, signal: null });
  expect(service.log).toContain('SIGALRM received, stopping');
});

it('SIGQUIT stops the service, and ends no worker directly', async () => {
  const service = await RunningCommand.start();
  const slow = request(service.port, '/orders?ms=1000', { agent: false, body: '{}' });
  await service.statusWith('a request in flight', ({ workers }) => workers[0]?.inFlight === 1);
  service.signalGroup('SIGQUIT');
  expect((await slow).status).toBe(200);
  expect(await service.exited).toMatchObject({ code: 0, signal: null });
});

function mode(path: string): string {
  return (statSync(path).mode & 0o777).toString(8);
}
