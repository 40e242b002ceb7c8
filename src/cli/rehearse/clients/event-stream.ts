import type { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';

import type { Target } from '../target.js';
import { type Client, send } from './client.js';

const RECONNECT_MS = 500;

/** Reads events and reconnects when the stream ends, as `EventSource` does. @internal */
export function eventStream(target: Target): Client {
  return async (surroundings) => {
    const headers = { accept: 'text/event-stream' };
    while (surroundings.balancer.isIn) {
      await send(surroundings, 'event stream', target, { headers, read: toTheEnd });
      await sleep(RECONNECT_MS);
    }
  };
}

async function toTheEnd(response: Readable): Promise<Buffer> {
  for await (const _ of response);
  return Buffer.alloc(0);
}
