import { Agent } from 'node:http';

import { budget } from '../budget.mjs';

const EVERY_MS = 250;
const CONNECTIONS = 3;
/** How long the balancer takes to notice that nobody is ready: the grace period is for that. */
const NOTICED_AFTER_MS = 0.6 * budget.gracePeriodMs;

/**
 * One quick POST after the other. In front stands a balancer: soon after nobody is ready any more, it
 * sends nothing.
 */
export class SteadyTraffic {
  #agent = new Agent({ keepAlive: true, maxSockets: CONNECTIONS, scheduling: 'fifo' });
  #stage;
  #requests;
  #timer;
  #readyAt = Number.NEGATIVE_INFINITY;

  constructor(stage, requests) {
    this.#stage = stage;
    this.#requests = requests;
  }

  toggle() {
    if (this.#timer === undefined) this.#timer = setInterval(() => this.#send(), EVERY_MS);
    else this.stop();
    this.#stage.tally.steady(this.#timer !== undefined);
  }

  stop() {
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  #send() {
    const now = performance.now();
    if (this.#stage.service().isReady) this.#readyAt = now;
    if (now - this.#readyAt <= NOTICED_AFTER_MS)
      this.#requests.send('POST', '/orders', this.#agent);
  }
}
