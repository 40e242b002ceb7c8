import { once } from 'node:events';
import { createServer, get, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

import { afterEach, expect, it, vi } from 'vitest';

import { systemClock } from '../shutdown/clock.js';
import { followEvent } from './follow-event.js';
import { Listeners } from './listeners.js';
import { sharedListener } from './shared-listener.js';

const servers: Server[] = [];

afterEach(() => {
  vi.restoreAllMocks();
  for (const server of servers.splice(0)) server.close();
});

async function ask(server: Server, headers = {}): Promise<string> {
  const { port } = server.address() as AddressInfo;
  const [response] = await once(get({ port, agent: false, headers }), 'response');
  return text(response);
}

async function listening(): Promise<Server> {
  const server = createServer((_request, response) => response.end('answered'));
  servers.push(server);
  await once(server.listen(0), 'listening');
  return server;
}

function fail(): void {
  throw new Error('on purpose');
}

it('a request is answered although one of our listeners throws, and the error is reported once', async () => {
  const warn = vi.spyOn(process, 'emitWarning').mockReturnValue();
  const server = await listening();
  const listeners = new Listeners(systemClock);
  listeners.add(server);
  for (const event of ['connection', 'request']) listeners.on(server, event, fail);
  server.on('request', (_request, response) => response.on('close', sharedListener(fail)));

  expect(await ask(server)).toBe('answered');
  expect(await ask(server)).toBe('answered');
  await vi.waitFor(() => expect(warn).toHaveBeenCalledTimes(4), 5000);
  expect(warn).toHaveBeenCalledWith(expect.stringContaining('on purpose'), expect.anything());

  listeners.dispose();
  expect(await ask(server)).toBe('answered');
});

it('an upgrade reaches its listener although a listener of ours throws', async () => {
  vi.spyOn(process, 'emitWarning').mockReturnValue();
  const server = await listening();
  server.on('upgrade', (_request, socket) =>
    socket.end('HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nupgrade refused'),
  );
  const stop = followEvent(server, 'upgrade', fail);
  expect(await ask(server, { connection: 'Upgrade', upgrade: 'echo' })).toBe('upgrade refused');
  stop();
  expect(server.listenerCount('upgrade')).toBe(1);
});
