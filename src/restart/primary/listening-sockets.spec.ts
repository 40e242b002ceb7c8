import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { constants, tmpdir } from 'node:os';
import { join } from 'node:path';
import { spawnSync } from 'node:child_process';

import { afterEach, expect, it } from 'vitest';

import type { ListenHandle, ListenQuery } from '../../sockets/bind.js';
import { keyOf, ListeningSockets } from './listening-sockets.js';

const EADDRINUSE = -constants.errno.EADDRINUSE;
const folder = mkdtempSync(join(tmpdir(), 'listening-sockets-'));
const sockets = new ListeningSockets();
afterEach(() => sockets.close());

function tcp(port: number): ListenQuery {
  return { address: '127.0.0.1', port, addressType: 4 };
}

function unix(path: string): ListenQuery {
  return { address: path, port: -1, addressType: -1 };
}

async function portOf(query: ListenQuery): Promise<number> {
  const out: { port?: number } = {};
  ((await sockets.take(query, 0)) as ListenHandle).getsockname?.(out);
  return out.port!;
}

function connects(to: number | string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = typeof to === 'number' ? connect(to, '127.0.0.1') : connect(to);
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false));
    socket.once('connect', () => socket.destroy());
  });
}

it('a listening socket is shared by all workers that ask for its address, even at the same time', async () => {
  const [one, other] = await Promise.all([sockets.take(tcp(0), 0), sockets.take(tcp(0), 0)]);
  expect(one).toBe(other);
  expect(await sockets.take(tcp(0), 0)).toBe(one);
  expect(await sockets.take(tcp(0), 1)).not.toBe(one);
});

it('a listening socket of the primary is bound and does not listen', async () => {
  expect(await connects(await portOf(tcp(0)))).toBe(false);
});

it('a port in use is reported, and tried again when asked for again', async () => {
  const other = createServer();
  await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
  const { port } = other.address() as { port: number };
  expect(await sockets.take(tcp(port), 0)).toBe(EADDRINUSE);
  await new Promise((resolve) => other.close(resolve));
  expect(await portOf(tcp(port))).toBe(port);
});

it('a file descriptor of a worker is not mistaken for one of the primary', async () => {
  const query = { address: null, port: -1, addressType: -1, fd: 0 };
  expect(await sockets.take(query, 0)).toBe(-constants.errno.EBADF);
});

it('sockets that no worker needs any more are closed', async () => {
  const path = join(folder, 'unused');
  await sockets.take(unix(path), 0);
  await sockets.take(tcp(0), 0);
  sockets.retain(new Set([keyOf(tcp(0), 0)]));
  await expect.poll(() => existsSync(path)).toBe(false);
});

it('the Unix socket that a killed process has left is replaced', async () => {
  const path = join(folder, 'stale');
  const program = `require('net').createServer().listen(${JSON.stringify(path)}, () => process.kill(process.pid, 'SIGKILL'))`;
  spawnSync(process.execPath, ['-e', program]);
  expect(existsSync(path)).toBe(true);
  expect(await sockets.take(unix(path), 0)).toBeTypeOf('object');
});

it('a Unix socket on which a process listens is not replaced', async () => {
  const path = join(folder, 'taken');
  const other = createServer();
  await new Promise<void>((resolve) => other.listen(path, resolve));
  expect(await sockets.take(unix(path), 0)).toBe(EADDRINUSE);
  expect(await connects(path)).toBe(true);
  await new Promise((resolve) => other.close(resolve));
  rmSync(folder, { recursive: true });
});
