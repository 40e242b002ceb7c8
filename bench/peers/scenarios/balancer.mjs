import { setTimeout as sleep } from 'node:timers/promises';

import { Balancer } from '../clients/balancer.mjs';
import { keepAliveAgent, send } from '../clients/http.mjs';

export const title = 'A rolling update';
export const text =
  'Two instances behind a balancer, which probes readiness each 50 ms and acts 200 ms after a failed ' +
  'probe. Both are replaced, one after the other, under POSTs that are never sent again: 12 clients ' +
  'on kept connections, 4 on new ones. The time is that of the slower exit.';
export const instances = 4;

export const isAlone = true;
/** They send to the end. */
export const comparedMs = Infinity;

const KEPT = 12;
const FRESH = 4;
const PAUSE_MS = 5;
const BEFORE_MS = 300;

export async function run(...services) {
  const [first, second, ...replacements] = services;
  const balancer = new Balancer();
  balancer.add(first);
  balancer.add(second);
  const load = new Load(balancer);
  await sleep(BEFORE_MS);
  for (const [i, leaving] of [first, second].entries()) {
    balancer.add(replacements[i]);
    leaving.leave();
    await leaving.exited;
  }
  const requests = await load.ended();
  await balancer.stop();
  return { requests, left: [first, second] };
}

class Load {
  #balancer;
  #clients;
  #isOver = false;
  #requests = [];

  constructor(balancer) {
    this.#balancer = balancer;
    this.#clients = [
      ...Array.from({ length: KEPT }, () => this.#kept()),
      ...Array.from({ length: FRESH }, () => this.#fresh()),
    ];
  }

  async ended() {
    this.#isOver = true;
    await Promise.all(this.#clients);
    return this.#requests;
  }

  /** Keeps its connection for as long as it is there, then asks the balancer for another one. */
  async #kept() {
    while (!this.#isOver) {
      const instance = this.#balancer.pick();
      const agent = keepAliveAgent();
      let last;
      do last = await this.#post(instance, agent);
      while (!this.#isOver && last.end === 'ok' && isConnected(agent));
      agent.destroy();
    }
  }

  async #fresh() {
    while (!this.#isOver) await this.#post(this.#balancer.pick(), false);
  }

  async #post(instance, agent) {
    const request = await send(instance, '/orders', { agent, json: { text: 'tea' } });
    this.#requests.push(request);
    await sleep(PAUSE_MS);
    return request;
  }
}

function isConnected({ freeSockets }) {
  return Object.keys(freeSockets).length > 0;
}
