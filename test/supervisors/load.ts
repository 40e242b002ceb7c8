import http from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';

import { attempt, isAnswer, keepAliveAgent } from '../support/http-client.js';

const lookAgainMs = 20;
const timeoutMs = 20_000;

export interface Clients {
  /** How many open a connection for each request. */
  readonly fresh: number;
  /** How many keep theirs. */
  readonly kept: number;
}

/** Clients that ask again as soon as they are answered, and never retry. */
export class Load {
  answered = 0;
  readonly failures: string[] = [];
  /** Of all processes that answered. */
  readonly pids = new Set<string>();
  #ended = false;
  readonly #clients: Promise<void>[];

  constructor(
    private readonly port: number,
    { fresh, kept }: Clients,
    private readonly path = '/?ms=2',
  ) {
    const once = Array.from({ length: fresh }, () => this.#run(false));
    this.#clients = [...once, ...Array.from({ length: kept }, () => this.#run(keepAliveAgent()))];
  }

  /** Resolves after that many more answers. */
  async more(count: number): Promise<void> {
    const [goal, end] = [this.answered + count, Date.now() + timeoutMs];
    while (this.answered < goal) {
      if (Date.now() > end) throw new Error(`no ${count} more answers in time`);
      await sleep(lookAgainMs);
    }
  }

  async end(): Promise<this> {
    this.#ended = true;
    await Promise.all(this.#clients);
    return this;
  }

  async #run(agent: http.Agent | false): Promise<void> {
    while (!this.#ended) {
      const signal = AbortSignal.timeout(timeoutMs);
      const outcome = await attempt(this.port, this.path, { agent, signal });
      if (!isAnswer(outcome)) this.failures.push(outcome.error);
      else if (outcome.status !== 200) this.failures.push(String(outcome.status));
      else this.pids.add(outcome.body);
      this.answered += 1;
    }
    if (agent) agent.destroy();
  }
}
