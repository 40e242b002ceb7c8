import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import { setTimeout as sleep } from 'node:timers/promises';

import type { Target } from '../target.js';
import { type Client, send, type Surroundings } from './client.js';

const LONG_REST_MS = 2000;

/**
 * Sends one request after the other on a kept connection, as a proxy does. Once the balancer has
 * stopped sending, it continues until the service tells it to go.
 *
 * @internal
 */
export function keepAlive(targets: readonly Target[], first: number): Client {
  return (surroundings) => keep(surroundings, 'kept alive', targets, first);
}

/** The same with long pauses, in which the service may close the connection. @internal */
export function mostlyIdle(targets: readonly Target[], first: number): Client {
  return (surroundings) =>
    keep({ ...surroundings, restMs: LONG_REST_MS }, 'mostly idle', targets, first);
}

async function keep(
  surroundings: Surroundings,
  kind: string,
  targets: readonly Target[],
  first: number,
): Promise<void> {
  const { endpoint, balancer, restMs } = surroundings;
  const options = { keepAlive: true, maxSockets: 1 };
  const agent = endpoint.tls ? new HttpsAgent(options) : new HttpAgent(options);
  try {
    for (let n = first; balancer.isIn || isConnected(agent); n += 1) {
      await send(surroundings, kind, targets[n % targets.length]!, { agent });
      await sleep(restMs);
    }
  } finally {
    agent.destroy();
  }
}

function isConnected(agent: HttpAgent): boolean {
  return Object.values(agent.freeSockets).some((sockets) =>
    sockets?.some(({ destroyed, readable }) => !destroyed && readable),
  );
}
