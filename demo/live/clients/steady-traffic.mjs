import { Agent } from 'node:http';

const EVERY_MS = 250;
const CONNECTIONS = 3;

/**
 * One quick POST after the other. Behind it stands a balancer: where nobody is ready, it sends
 * nothing.
 */
export class SteadyTraffic {
  #agent = new Agent({ keepAlive: true, maxSockets: CONNECTIONS, scheduling: 'fifo' });
  #stage;
  #requests;
  #timer;

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
    if (this.#stage.service().isReady) this.#requests.send('POST', '/orders', this.#agent);
  }
}
