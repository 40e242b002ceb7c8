import { setTimeout as sleep } from 'node:timers/promises';

import { send } from './http.mjs';

const PROBE_EVERY_MS = 50;
const PROBE_TIMEOUT_MS = 1000;
/** How long it takes to act on a failed probe. */
const LAG_MS = 200;

/**
 * Spreads connections over the instances that it believes in. It learns of one that leaves by its
 * readiness probe only, and late, as balancers do; a refused connection tells it nothing.
 */
export class Balancer {
  #instances = new Set();
  #next = 0;
  #probing = [];
  #isOver = false;

  add(instance) {
    this.#instances.add(instance);
    this.#probing.push(this.#probe(instance));
  }

  pick() {
    const instances = [...this.#instances];
    return instances[this.#next++ % instances.length];
  }

  async stop() {
    this.#isOver = true;
    await Promise.all(this.#probing);
  }

  async #probe(instance) {
    while (!this.#isOver && this.#instances.has(instance)) {
      const { end } = await send({ port: instance.readyPort }, '/ready', {
        agent: false,
        signal: AbortSignal.timeout(PROBE_TIMEOUT_MS),
        isWhole: () => true,
      });
      await sleep(end === 'ok' ? PROBE_EVERY_MS : LAG_MS);
      if (end !== 'ok') this.#instances.delete(instance);
    }
  }
}
