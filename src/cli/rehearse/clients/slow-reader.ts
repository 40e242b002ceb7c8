import type { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';

import type { Target } from '../target.js';
import { type Client, send } from './client.js';

const REST_PER_CHUNK_MS = 50;
/** Reads at full speed afterwards, so that the rehearsal ends. */
const SLOW_FOR_MS = 3000;

/** Reads responses slowly, like a phone on a train. @internal */
export function slowReader(targets: readonly Target[], first: number): Client {
  return async (surroundings) => {
    const { balancer, restMs } = surroundings;
    for (let n = first; balancer.isIn; n += 1) {
      await send(surroundings, 'slow reader', targets[n % targets.length]!, { read: slowly });
      await sleep(restMs);
    }
  };
}

async function slowly(response: Readable): Promise<Buffer> {
  const end = performance.now() + SLOW_FOR_MS;
  const chunks: Buffer[] = [];
  for await (const chunk of response as AsyncIterable<Buffer>) {
    chunks.push(chunk);
    if (performance.now() < end) await sleep(REST_PER_CHUNK_MS);
  }
  return Buffer.concat(chunks);
}
