import http from 'node:http';
import https from 'node:https';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';

const PATIENCE_MS = 10_000;
const LOOK_AGAIN_MS = 20;
const THINK_MS = 300;
/** So that a test that fails ends, too. */
const MOST_REQUESTS = 500_000;
const LONGEST_MS = 300_000;

export interface Target {
  readonly port?: number;
  readonly socketPath?: string;
  readonly tls?: boolean;
}

/**
 * How a client goes about it: with a fresh connection for each request, on one that it keeps, or on
 * one that it keeps with a pause in between, in which the server may close it.
 */
export type Habit = 'fresh' | 'kept' | 'thinks';

const HALF_OF_THEM_KEPT: readonly Habit[] = ['fresh', 'kept', 'fresh', 'thinks'];

/** What became of one request. */
export interface Hit {
  readonly id: number;
  /** Whether it was sent on a connection that is kept. */
  readonly kept: boolean;
  readonly at: number;
  readonly ms: number;
  readonly version?: string;
  readonly pid?: number;
  /** The code of the error, or what is wrong with the response. */
  readonly error?: string;
}

export interface LoadSummary {
  readonly requests: number;
  readonly failed: readonly Hit[];
  readonly slowestMs: number;
  /** How many requests were answered by each. */
  readonly versions: Readonly<Record<string, number>>;
}

/** Clients that send one POST after the other and never repeat one. */
export class RestartLoad {
  readonly hits: Hit[] = [];
  readonly #target: Target;
  readonly #clients: Promise<void>[];
  #isStopped = false;
  #sent = 0;

  /**
   * @param habits - the clients take them in turn
   * @param pauseMs - of the clients that do not think, to leave the machine some time
   */
  constructor(
    target: Target | number,
    { clients = 16, pauseMs = 10, workMs = 5, habits = HALF_OF_THEM_KEPT } = {},
  ) {
    this.#target = typeof target === 'number' ? { port: target } : target;
    const end = Date.now() + LONGEST_MS;
    this.#clients = Array.from({ length: clients }, async (_, i) => {
      const habit = habits[i % habits.length];
      const agent = habit === 'fresh' ? false : this.#keptAgent();
      while (!this.#isStopped && Date.now() < end && this.#sent < MOST_REQUESTS) {
        this.hits.push(await this.#order(this.#sent++, agent, workMs));
        await sleep(habit === 'thinks' ? THINK_MS : pauseMs);
      }
      if (agent) agent.destroy();
    });
  }

  /** Resolves when so many more requests have their outcome. */
  async more(count: number): Promise<void> {
    const wanted = this.hits.length + count;
    const end = Date.now() + LONGEST_MS;
    while (this.hits.length < wanted && Date.now() < end) await sleep(LOOK_AGAIN_MS);
  }

  /** Resolves when every request has its outcome. */
  async stop(): Promise<LoadSummary> {
    this.#isStopped = true;
    await Promise.all(this.#clients);
    return summarize(this.hits);
  }

  #keptAgent(): http.Agent {
    const options = { keepAlive: true, maxSockets: 1 };
    return this.#target.tls ? new https.Agent(options) : new http.Agent(options);
  }

  async #order(id: number, agent: http.Agent | false, workMs: number): Promise<Hit> {
    const at = Date.now();
    const hit = { id, kept: agent !== false, at };
    try {
      const answer = await this.#post(id, agent, workMs);
      return { ...hit, ms: Date.now() - at, ...answer };
    } catch (error) {
      const { code, message } = error as NodeJS.ErrnoException;
      return { ...hit, ms: Date.now() - at, error: code ?? message };
    }
  }

  async #post(id: number, agent: http.Agent | false, workMs: number): Promise<Partial<Hit>> {
    const body = JSON.stringify({ id });
    const { tls = false, ...address } = this.#target;
    const response = await new Promise<http.IncomingMessage>((resolve, reject) => {
      const request = (tls ? https : http).request({
        ...(address.socketPath === undefined && { host: '127.0.0.1' }),
        ...address,
        agent,
        method: 'POST',
        path: `/orders?ms=${workMs}`,
        headers: { 'content-type': 'application/json', 'content-length': body.length },
        timeout: PATIENCE_MS,
        ...(tls && { rejectUnauthorized: false }),
      });
      request.on('timeout', () => request.destroy(new Error('no answer in time')));
      request.on('response', resolve).on('error', reject).end(body);
    });
    const content = await text(response);
    if (!response.complete) return { error: 'the body is incomplete' };
    if (response.statusCode !== 200) return { error: `status ${response.statusCode}` };
    const answer = JSON.parse(content) as { version: string; pid: number; order: { id: number } };
    const { version, pid } = answer;
    return answer.order.id === id ? { version, pid } : { version, pid, error: 'another order' };
  }
}

function summarize(hits: readonly Hit[]): LoadSummary {
  const versions: Record<string, number> = {};
  for (const { version } of hits) {
    if (version !== undefined) versions[version] = (versions[version] ?? 0) + 1;
  }
  return {
    requests: hits.length,
    failed: hits.filter(({ error }) => error !== undefined),
    slowestMs: hits.reduce((slowest, { ms }) => Math.max(slowest, ms), 0),
    versions,
  };
}
