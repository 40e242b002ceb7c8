import { createServer, type Server } from 'node:net';
import { once } from 'node:events';

import { afterEach, describe, expect, it } from 'vitest';

import { request } from '../support/http-client.js';
import { endCommands, RunningCommand } from '../support/running-command.js';
import { freePort } from '../support/server-process.js';

const others: Server[] = [];
/** For a reload that fails because its time is up. */
const patienceMs = 90_000;

/** Another process's server: it listens, whoever else has the port bound. */
async function listenOn(port: number): Promise<void> {
  const server = createServer();
  others.push(server);
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
}

afterEach(async () => {
  await endCommands();
  for (const server of others.splice(0)) server.close();
});

describe('a worker is ready only with all its sockets:', () => {
  it(
    'a port that another process has fails the reload, whatever the application does about it',
    async () => {
      const service = await RunningCommand.start({ args: ['--ready-timeout', '15s'] });
      const taken = await freePort();
      await listenOn(taken);
      service.deploy({ listen: [service.port, taken], byHand: true, survivesListenErrors: true });
      const { code, output } = await service.reload();

      expect({ code, output }).toEqual({
        code: 1,
        output: expect.stringMatching(
          new RegExp(`was not ready within 15000 ms: listen EADDRINUSE: 127.0.0.1:${taken}`),
        ),
      });
      expect(await service.version()).toBe('v1');
      expect(service.log).toMatch(
        new RegExp(`no socket: listen EADDRINUSE: 127.0.0.1:${taken}. Another process uses it`),
      );
    },
    patienceMs,
  );

  it('a port that another process takes at the last moment fails the reload', async () => {
    const service = await RunningCommand.start({ args: ['--soak', '4s'] });
    const taken = await freePort();
    service.deploy({ listen: [service.port, taken], byHand: true, survivesListenErrors: true });
    const reload = service.reload();
    await service.statusWith('a worker that is tried', ({ workers }) =>
      workers.some(({ phase }) => phase === 'soaking'),
    );
    await listenOn(taken);
    const { code, output } = await reload;

    expect(code).toBe(1);
    expect(output).toContain(`could not accept connections: listen EADDRINUSE: 127.0.0.1:${taken}`);
    expect(await service.version()).toBe('v1');
  });

  it(
    'a changed address on the same port fails the reload with the remedy',
    async () => {
      const service = await RunningCommand.start({ args: ['--ready-timeout', '15s'] });
      service.deploy({ host: '0.0.0.0' });
      expect((await service.reload()).code).toBe(1);
      expect(service.log).toContain(
        `no socket: listen EADDRINUSE: 0.0.0.0:${service.port}. The running code listens on ` +
          `127.0.0.1:${service.port}: changing the address of a port takes a restart of the service`,
      );
      expect(await service.version()).toBe('v1');
    },
    patienceMs,
  );

  it('a stop during a reload is clean if no client could reach the new worker', async () => {
    const service = await RunningCommand.start();
    // It answers nobody, so it has to be killed.
    service.deploy('Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 20_000);');
    service.signal('SIGHUP');
    await service.statusWith('a worker that hangs', ({ workers }) => workers.length === 2);
    expect(await service.exitedAfter('SIGTERM')).toMatchObject({ code: 0, signal: null });
  });

  it('a stop while beforeReload runs leaves no worker behind', async () => {
    const hooks = `export async function beforeReload() {
      console.log('migrates');
      await new Promise((resolve) => setTimeout(resolve, 1500));
      console.log('migrated');
    }`;
    const service = await RunningCommand.start({ hooks });
    service.signal('SIGHUP');
    await service.logged(/migrates/);
    const slow = request(service.port, '/orders?ms=4000', { agent: false, body: '{}' });
    await service.statusWith('a request in flight', ({ workers }) => workers[0]?.inFlight === 1);
    service.signal('SIGTERM');
    await service.logged(/migrated/);
    await service.logged(/Reload 1: failed, .*the service is stopping/);
    expect((await service.status()).workers).toHaveLength(1);
    expect((await slow).status).toBe(200);
    expect(await service.exited).toMatchObject({ code: 0, signal: null });
  });

  it('a PID file that cannot be written is an error', async () => {
    const service = await RunningCommand.begin({ args: ['--pid-file', '/proc/none/pid'] });
    expect(await service.exited).toMatchObject({ code: 1 });
    expect(service.log).toMatch(/The PID file \/proc\/none\/pid could not be written: ENOENT/);
  });
});
