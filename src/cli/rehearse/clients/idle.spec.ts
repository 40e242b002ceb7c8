import { getEventListeners, once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';

import { expect, it } from 'vitest';

import type { Surroundings } from './client.js';
import { silent } from './idle.js';

it('listens to the balancer once, however many of its connections are closed', async () => {
  const server = createServer((socket) => socket.end()).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const out = new AbortController();
  const balancer = {
    out: out.signal,
    get isIn() {
      return !out.signal.aborted;
    },
  };
  const { port } = server.address() as AddressInfo;
  const endpoint = { host: '127.0.0.1', port };
  const holding = silent()({ endpoint, balancer } as unknown as Surroundings);
  for (let connections = 0; connections < 3; connections++) await once(server, 'connection');
  expect(getEventListeners(out.signal, 'abort').length).toBeLessThan(2);
  out.abort();
  await holding;
  server.close();
});
