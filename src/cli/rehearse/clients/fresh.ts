import { setTimeout as sleep } from 'node:timers/promises';

import type { Target } from '../target.js';
import { type Client, send } from './client.js';

/** Opens a connection for each request, as a balancer without keep-alive does. @internal */
export function fresh(targets: readonly Target[], first: number): Client {
  return async (surroundings) => {
    const { balancer, restMs } = surroundings;
    for (let n = first; balancer.isIn; n += 1) {
      await send(surroundings, 'fresh', targets[n % targets.length]!, { agent: false });
      await sleep(restMs);
    }
  };
}
