// Clients and a balancer, as small as they can be and still lose what real ones lose.
import { Agent, request } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';

export const CLIENTS = 20;
const PROBE_EVERY_MS = 200;
const LONGEST_REST_MS = 40;
const LONGEST_GET_MS = 500;

/**
 * Each client sends one request after the other on a connection it keeps, a quick POST and a slow
 * GET by turns, with a short rest between them, and never sends one again. The balancer takes the
 * instance out as soon as its readiness probe fails or a connection is refused; then nobody sends
 * any more.
 */
export class Load {
  /** How many requests ended in which way. */
  counts = { ok: 0, '5xx': 0, reset: 0, refused: 0 };
  #isInRotation = true;
  #url;
  #running;

  constructor(url) {
    this.#url = url;
    this.#running = Promise.all([
      this.#probe(),
      ...Array.from({ length: CLIENTS }, (_, i) => this.#client(i)),
    ]);
  }

  /** Resolves when the instance is out of rotation and the last request has ended. */
  async ended() {
    await this.#running;
  }

  async #probe() {
    while (this.#isInRotation) {
      const end = await send(new URL('/ready', this.#url), { agent: false });
      if (end !== 'ok') this.#isInRotation = false;
      await sleep(PROBE_EVERY_MS);
    }
  }

  async #client(seed) {
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    // The same times in both runs, and different ones for each client.
    const vary = (n, longest) => Math.round((((seed * 7 + n * 3) % 20) / 20) * longest);
    for (let n = 0; this.#isInRotation; n++) {
      const end =
        n % 2 === 0
          ? await send(new URL('/orders', this.#url), { agent, method: 'POST' })
          : await send(new URL(`/orders/1?ms=${vary(n, LONGEST_GET_MS)}`, this.#url), { agent });
      this.counts[end] += 1;
      if (end === 'refused') this.#isInRotation = false;
      await sleep(vary(n, LONGEST_REST_MS));
    }
  }
}

/** @returns how the request ended: with a whole answer below 400 it is `ok` */
function send(url, options = {}) {
  return new Promise((resolve) => {
    const failed = (error) => resolve(error.code === 'ECONNREFUSED' ? 'refused' : 'reset');
    const sent = request(url, options, (response) => {
      response.on('error', failed);
      response.on('end', () => resolve(response.statusCode < 400 ? 'ok' : '5xx'));
      response.resume();
    });
    sent.on('error', failed);
    if (options.method === 'POST') sent.setHeader('Content-Type', 'application/json');
    sent.end(options.method === 'POST' ? JSON.stringify({ item: 'tea' }) : undefined);
  });
}
