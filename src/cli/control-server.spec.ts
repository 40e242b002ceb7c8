import { EventEmitter, once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import type { ReloadResult, RestartStatus } from '../restart/restart-status.js';
import { ControlClient } from './control-client.js';
import { ControlServer } from './control-server.js';

const RELOADED: ReloadResult = { outcome: 'completed', replaced: 2, generation: 2 };
const STATUS: RestartStatus = {
  pid: process.pid,
  uptimeMs: 1,
  generation: 1,
  isReloading: false,
  wanted: 1,
  workers: [],
};

let temp = '';
let warnings: string[] = [];
let servers: ControlServer[] = [];
const log = { warn: (message: string) => void warnings.push(message) };
const service = {
  status: vi.fn<() => Promise<RestartStatus>>(),
  reload: vi.fn<() => Promise<ReloadResult>>(),
};

async function start(path?: string): Promise<ControlServer | undefined> {
  const server = await ControlServer.start(service, log, path);
  if (server !== undefined) servers.push(server);
  return server;
}

async function startedAt(path?: string): Promise<string> {
  const server = await start(path);
  expect(warnings).toEqual([]);
  return server!.path;
}

/** Has the next reload take until its result is given. */
function reloadToFinish(): (result: ReloadResult) => void {
  const results = new EventEmitter();
  service.reload.mockReturnValue(
    once(results, 'result').then(([result]) => result as ReloadResult),
  );
  return (result) => void results.emit('result', result);
}

beforeEach(() => {
  temp = mkdtempSync(join(tmpdir(), 'nestjs-drain-control-'));
  warnings = [];
  servers = [];
  vi.stubEnv('XDG_RUNTIME_DIR', temp);
  vi.stubEnv('TMPDIR', temp);
  service.status.mockReset().mockResolvedValue(STATUS);
  service.reload.mockReset().mockResolvedValue(RELOADED);
});
afterEach(async () => {
  await Promise.all(servers.map((server) => server.close()));
  vi.unstubAllEnvs();
  rmSync(temp, { recursive: true });
});

describe('a control socket', () => {
  it('is private to its user, whatever the umask', async () => {
    const before = process.umask(0);
    const path = await startedAt();
    expect(process.umask(before)).toBe(0);
    const folder = join(temp, `nestjs-drain-${process.getuid!()}`);
    expect(path).toBe(join(folder, `${process.pid}.sock`));
    expect(statSync(folder).mode & 0o777).toBe(0o700);
    expect(statSync(path).mode & 0o777).toBe(0o600);
  });

  it('is private to its user also at a path that the user chose', async () => {
    const before = process.umask(0);
    const path = await startedAt(join(temp, 'own.sock'));
    process.umask(before);
    expect(statSync(path).mode & 0o777).toBe(0o600);
  });

  it('is gone once the service has ended', async () => {
    const server = await start();
    const { path } = server!;
    await server!.close();
    expect(existsSync(path)).toBe(false);
  });

  it('is in the second folder if the first one cannot be used', async () => {
    vi.stubEnv('XDG_RUNTIME_DIR', '/nowhere');
    expect(await startedAt()).toContain(temp);
  });

  it('that cannot be created is only a warning', async () => {
    const file = join(temp, 'file');
    writeFileSync(file, '');
    vi.stubEnv('XDG_RUNTIME_DIR', '/nowhere');
    vi.stubEnv('TMPDIR', file);
    expect(await start()).toBeUndefined();
    expect(warnings).toEqual([
      expect.stringMatching(
        /cannot reach this service \(ENOENT.*; ENOTDIR.*\)\. Signals still work\./,
      ),
    ]);
  });

  it('never replaces a file', async () => {
    const file = join(temp, 'notes.txt');
    writeFileSync(file, 'dear diary');
    expect(await start(file)).toBeUndefined();
    expect(warnings).toEqual([expect.stringContaining(`${file} is in use by another service, or`)]);
    expect(statSync(file).size).toBe(10);
  });

  it('never replaces the socket of a running service', async () => {
    const path = await startedAt(join(temp, 'own.sock'));
    expect(await start(path)).toBeUndefined();
    expect(warnings).toEqual([expect.stringContaining('is in use by another service')]);
    await expect(new ControlClient(path).status()).resolves.toEqual(STATUS);
  });

  it('is not created at a path that would be truncated', async () => {
    expect(await start(join(temp, 'x'.repeat(100)))).toBeUndefined();
    expect(warnings).toEqual([expect.stringContaining('is too long for a Unix socket')]);
    expect(readdirSync(temp)).toEqual([]);
  });
});

describe('a client of the control socket', () => {
  it('gets the status', async () => {
    const client = new ControlClient(await startedAt());
    await expect(client.status()).resolves.toEqual(STATUS);
  });

  it('learns that a reload was accepted before it ends', async () => {
    service.reload.mockReturnValue(new Promise(() => {}));
    await new ControlClient(await startedAt()).reload();
    expect(service.reload).toHaveBeenCalledOnce();
  });

  it.each<ReloadResult>([
    RELOADED,
    { outcome: 'failed', replaced: 0, generation: 2, reason: 'worker 2 exited' },
  ])('learns how a reload ended: $outcome', async (result) => {
    service.reload.mockResolvedValue(result);
    const client = new ControlClient(await startedAt());
    await expect(client.reloadAndWait()).resolves.toEqual(result);
  });

  it('learns why the service refuses', async () => {
    service.reload.mockRejectedValue(new Error('it is stopping'));
    const client = new ControlClient(await startedAt());
    await client.reload(); // The error is nobody's: no unhandled rejection fails this test.
    await expect(client.reloadAndWait()).rejects.toMatchObject({
      code: 'ERR_RESTART_REFUSED',
      message: 'the service answered with 500: it is stopping',
    });
  });

  it('is answered while the service ends', async () => {
    const finish = reloadToFinish();
    const server = await start();
    const reload = new ControlClient(server!.path).reloadAndWait();
    await vi.waitFor(() => expect(service.reload).toHaveBeenCalled());
    const closed = server!.close();
    finish(RELOADED);
    await expect(reload).resolves.toEqual(RELOADED);
    await closed;
  });

  it('does not hold up the end of the service', async () => {
    service.reload.mockReturnValue(new Promise(() => {}));
    const server = await start();
    const reload = new ControlClient(server!.path).reloadAndWait();
    await vi.waitFor(() => expect(service.reload).toHaveBeenCalled());
    await Promise.all([
      expect(reload).rejects.toMatchObject({ code: 'ERR_RESTART_SERVICE_GONE' }),
      server!.close(),
    ]);
  });

  it('learns that a socket of another program is no service', async () => {
    const other = createServer((socket) => socket.end('HTTP/1.1 200 OK\r\n\r\nhello'));
    const path = join(temp, 'other.sock');
    await once(other.listen(path), 'listening');
    await expect(new ControlClient(path).status()).rejects.toMatchObject({
      code: 'ERR_RESTART_REFUSED',
    });
    other.close();
  });

  it.each(['nobody.sock', '.'])('learns that nobody listens on %s', async (name) => {
    const client = new ControlClient(join(temp, name));
    await expect(client.status()).rejects.toMatchObject({ code: 'ERR_RESTART_NOT_RUNNING' });
  });
});

describe('the control socket rejects anything but reload and status', () => {
  it.each(['DELETE /status', 'GET /reload', 'POST /stop', 'GET //', 'GET /../status', 'OPTIONS *'])(
    'such as %s',
    async (line) => {
      const socket = connect(await startedAt());
      socket.write(`${line} HTTP/1.1\r\nHost: x\r\n\r\n`);
      const [answer] = (await once(socket, 'data')) as [Buffer];
      expect(answer.toString()).toMatch(/^HTTP\/1\.1 404 /);
      expect(service.reload).not.toHaveBeenCalled();
    },
  );
});

describe('a broken request on the control socket affects only its client', () => {
  it.each([
    ['no HTTP', '\0\0\0\0\r\n\r\n'],
    ['no Host', 'GET /status HTTP/1.1\r\n\r\n'],
    ['too much of it', `GET /status HTTP/1.1\r\nHost: x\r\nX: ${'x'.repeat(8192)}\r\n\r\n`],
    ['a tunnel', 'CONNECT x:1 HTTP/1.1\r\nHost: x\r\n\r\n'],
    ['an expectation', 'GET /none HTTP/1.1\r\nHost: x\r\nExpect: cake\r\n\r\n'],
    ['a body without end', 'GET /none HTTP/1.1\r\nHost: x\r\nContent-Length: 99\r\n\r\nx'],
  ])('such as %s', async (_, bytes) => {
    const path = await startedAt();
    const socket = connect(path).on('error', () => {});
    socket.resume().write(bytes);
    await once(socket, 'close');
    await expect(new ControlClient(path).status()).resolves.toEqual(STATUS);
  });

  it('when a client leaves while it waits', async () => {
    const path = await startedAt();
    const finish = reloadToFinish();
    const socket = connect(path);
    socket.write('POST /reload?wait HTTP/1.1\r\nHost: x\r\n\r\n');
    await vi.waitFor(() => expect(service.reload).toHaveBeenCalled());
    socket.destroy();
    await once(socket, 'close');
    finish(RELOADED);
    await expect(new ControlClient(path).status()).resolves.toEqual(STATUS);
  });

  it('when a client sends half a request, which is cut after a while', async () => {
    const path = await startedAt();
    const slow = connect(path).on('error', () => {});
    slow.resume().write('GET /status HTTP/1.1\r\nHos');
    const cut = once(slow, 'close');
    await expect(new ControlClient(path).status()).resolves.toEqual(STATUS);
    await cut;
  });
});
