// The clients of the application, by the button that calls them. They live in the stage manager, not
// in the browser, so that each connection is what it looks like.
import { setMaxListeners } from 'node:events';

import { keepEventStream } from './event-streams.mjs';
import { Requests } from './requests.mjs';
import { SteadyTraffic } from './steady-traffic.mjs';
import { Tally } from './tally.mjs';
import { keepWebSocket } from './web-sockets.mjs';

export class Clients {
  #stop = new AbortController();
  #requests;
  #steady;
  actions;

  /**
   * @param tell - called with `clients` events: the counts
   * @param service - says where the service is, and whether it is ready
   */
  constructor({ tell, service }) {
    // Each client listens to it.
    setMaxListeners(0, this.#stop.signal);
    const tally = new Tally(tell);
    const stage = { tally, service, stopped: this.#stop.signal };
    this.#requests = new Requests(stage);
    this.#steady = new SteadyTraffic(stage, this.#requests);
    this.actions = new Map([
      ['slow', () => this.#requests.slow()],
      ['endless', () => this.#requests.endless()],
      ['idle', () => this.#requests.idle()],
      ['stream', () => keepEventStream(stage)],
      ['socket', () => keepWebSocket(stage)],
      ['steady', () => this.#steady.toggle()],
    ]);
  }

  stop() {
    this.#stop.abort();
    this.#steady.stop();
  }
}
