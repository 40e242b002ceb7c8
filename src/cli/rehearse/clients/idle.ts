import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

import type { Surroundings, Client } from './client.js';

const OPEN_AGAIN_MS = 500;
const CONNECT_TIMEOUT_MS = 5000;

/**
 * Connects and sends nothing, like the spare connections of a balancer or a browser. Closing them
 * loses nothing, but they must not hold the service.
 *
 * @internal
 */
export function silent(): Client {
  return (surroundings) => hold(surroundings, 'silent');
}

/** Connects and stops in the middle of a header. @internal */
export function halfHeader(): Client {
  return (surroundings) => hold(surroundings, 'half a header', 'GET / HTTP/1.1\r\nHost: ');
}

async function hold(surroundings: Surroundings, kind: string, text?: string): Promise<void> {
  const { endpoint, balancer, tally } = surroundings;
  while (balancer.isIn) {
    const { host, port } = endpoint;
    const socket = connect({ host, port, signal: AbortSignal.timeout(CONNECT_TIMEOUT_MS) });
    const isOpen = await opened(socket);
    if (!isOpen && balancer.isIn) {
      balancer.refused();
      tally.refused(kind);
    }
    if (isOpen) {
      if (text !== undefined) socket.write(text);
      await closed(socket, balancer.out);
    }
    socket.destroy();
    await sleep(OPEN_AGAIN_MS);
  }
}

async function opened(socket: Socket): Promise<boolean> {
  try {
    await once(socket, 'connect');
    socket.on('error', () => {});
    return true;
  } catch {
    return false;
  }
}

/** Leaves no listener: the balancer outlives many connections. */
async function closed(socket: Socket, out: AbortSignal): Promise<void> {
  socket.resume();
  if (out.aborted) return;
  const over = new AbortController();
  const { signal } = over;
  const events = [once(socket, 'end', { signal }), once(socket, 'close', { signal })];
  await Promise.race([...events, once(out, 'abort', { signal })]).catch(() => {});
  over.abort();
}
