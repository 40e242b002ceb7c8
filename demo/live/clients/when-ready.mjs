import { setTimeout as sleep } from 'node:timers/promises';

const LOOK_AGAIN_MS = 250;

/**
 * Whoever keeps a stream comes back when it has ended, as browsers do; a balancer leads it to an
 * instance that is ready.
 *
 * @returns whether there is one; false once the service, or the demo, has ended
 */
export async function whenReady({ service, stopped }, afterMs) {
  await sleep(afterMs);
  while (service().url !== undefined && !stopped.aborted) {
    if (service().isReady) return true;
    await sleep(LOOK_AGAIN_MS);
  }
  return false;
}
