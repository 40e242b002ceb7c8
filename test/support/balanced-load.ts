import { setMaxListeners } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';

import { attempt, isAnswer, keepAliveAgent } from './http-client.js';

const LOOK_AGAIN_MS = 20;
/** Within this the clients open their connections. */
const OPEN_WITHIN_MS = 500;
const BODY = '{"text":"hello"}';
const ANSWER = '{"length":5}';
/** So that a test that fails ends, too. */
const LONGEST_MS = 600_000;

/** Sends new connections to the ports it believes in; kept ones stay where they are. */
export class LaggingBalancer {
  readonly #ports: Set<number>;
  #next = 0;

  constructor(ports: readonly number[]) {
    this.#ports = new Set(ports);
  }

  pick(): number {
    const ports = [...this.#ports];
    return ports[this.#next++ % ports.length]!;
  }

  /** Goes on sending to a port for so long: news travel. */
  async forget(port: number, lagMs: number): Promise<void> {
    await sleep(lagMs);
    this.#ports.delete(port);
  }
}

/** What became of one request, which is never repeated. */
export interface Hit {
  /** Whether it was the first one on its connection. */
  readonly isNew: boolean;
  readonly ms: number;
  /** The code of the error, or what is wrong with the answer. */
  readonly error?: string;
}

export interface LoadShape {
  /** Clients that keep their connection until they are told to go. */
  readonly kept: number;
  /** Clients with a connection for each request. */
  readonly fresh?: number;
  /** How long a client pauses after an answer. */
  readonly pauseMs: () => number;
}

/** Clients that post at a pace of their own, behind a balancer. */
export class BalancedLoad {
  readonly hits: Hit[] = [];
  readonly #clients: Promise<void>[];
  readonly #end = Date.now() + LONGEST_MS;
  readonly #stop = new AbortController();

  constructor(
    private readonly balancer: LaggingBalancer,
    private readonly shape: LoadShape,
  ) {
    const { kept, fresh = 0 } = shape;
    setMaxListeners(kept + fresh, this.#stop.signal);
    this.#clients = Array.from({ length: kept + fresh }, (_, i) => this.#client(i < kept));
  }

  get failed(): Hit[] {
    return this.hits.filter(({ error }) => error !== undefined);
  }

  /** The time that 99 of 100 answers did not exceed. */
  get p99Ms(): number {
    const sorted = this.hits.map(({ ms }) => ms).toSorted((a, b) => a - b);
    return sorted[Math.floor(sorted.length * 0.99)] ?? 0;
  }

  /** Resolves when there are so many outcomes. */
  async reaches(count: number): Promise<void> {
    while (this.hits.length < count && Date.now() < this.#end) await sleep(LOOK_AGAIN_MS);
  }

  /** Resolves when every request has its outcome. */
  async stop(): Promise<void> {
    this.#stop.abort();
    await Promise.all(this.#clients);
  }

  async #client(isKept: boolean): Promise<void> {
    let agent = keepAliveAgent();
    let port = 0;
    await this.#pause(Math.random() * OPEN_WITHIN_MS);
    while (!this.#stop.signal.aborted && Date.now() < this.#end) {
      const isNew = !isKept || Object.keys(agent.freeSockets).length === 0;
      if (isNew) port = this.balancer.pick();
      const at = performance.now();
      const options = { agent: isKept && agent, body: BODY };
      const outcome = await attempt(port, '/echo?ms=3', options);
      const ms = performance.now() - at;
      if (isAnswer(outcome) && outcome.body === ANSWER) this.hits.push({ isNew, ms });
      else {
        const error = isAnswer(outcome) ? `${outcome.status} ${outcome.body}` : outcome.error;
        this.hits.push({ isNew, ms, error });
        agent.destroy();
        agent = keepAliveAgent();
      }
      await this.#pause(this.shape.pauseMs());
    }
    agent.destroy();
  }

  async #pause(ms: number): Promise<void> {
    await sleep(ms, undefined, { signal: this.#stop.signal }).catch(() => {});
  }
}

/** Uniform between two bounds. */
export function between(low: number, high: number): () => number {
  return () => low + Math.random() * (high - low);
}
