import { Agent, type IncomingMessage, request } from 'node:http';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';

const CLIENTS = 16;
const PAUSE_MS = 20;

export interface Counts {
  readonly requests: number;
  readonly 'non-2xx': number;
  /** Resets, refused connections and answers that are not whole. */
  readonly resets: number;
}

/** Clients on connections that they keep. They send one POST after the other, none of them twice. */
export class Load {
  #counts = { requests: 0, 'non-2xx': 0, resets: 0 };
  #isOver = false;
  readonly #clients: Promise<void[]>;

  constructor(private readonly port: number) {
    this.#clients = Promise.all(Array.from({ length: CLIENTS }, () => this.#client()));
  }

  /** What has come since the last time. */
  take(): Counts {
    const counts = this.#counts;
    this.#counts = { requests: 0, 'non-2xx': 0, resets: 0 };
    return counts;
  }

  async end(): Promise<void> {
    this.#isOver = true;
    await this.#clients;
  }

  async #client(): Promise<void> {
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    for (let id = 0; !this.#isOver; id++) {
      const outcome = await this.#post(id, agent).catch(() => 'resets' as const);
      this.#counts.requests += 1;
      if (outcome !== 'ok') this.#counts[outcome] += 1;
      await sleep(PAUSE_MS);
    }
    agent.destroy();
  }

  async #post(id: number, agent: Agent): Promise<'ok' | 'non-2xx' | 'resets'> {
    const body = JSON.stringify({ id });
    const headers = { 'content-type': 'application/json', 'content-length': body.length };
    const target = { host: '127.0.0.1', port: this.port, path: '/orders' };
    const response = await new Promise<IncomingMessage>((resolve, reject) => {
      request({ ...target, method: 'POST', headers, agent }, resolve)
        .on('error', reject)
        .end(body);
    });
    const answer = await text(response);
    if (response.statusCode !== 200) return 'non-2xx';
    return answer === JSON.stringify({ taken: id }) ? 'ok' : 'resets';
  }
}
