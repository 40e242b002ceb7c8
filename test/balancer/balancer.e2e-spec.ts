import { afterEach, describe, expect, it } from 'vitest';

import { attempt, keepAliveAgent } from '../support/http-client.js';
import { endAll, type RunningApplication, start } from '../support/running-application.js';

afterEach(endAll);

const PROBE_EVERY_MS = 100;
/** How long the balancer takes to act on a failed probe. */
const LAG_MS = 700;
const GRACE_PERIOD_MS = 1500;
const REQUESTS = 10_000;

/** Sends new connections to the instances it believes in; kept ones stay where they are. */
class Balancer {
  readonly #healthy: Set<RunningApplication>;
  #next = 0;

  constructor(private readonly instances: readonly RunningApplication[]) {
    this.#healthy = new Set(instances);
  }

  pick(): RunningApplication {
    const healthy = [...this.#healthy];
    return healthy[this.#next++ % healthy.length]!;
  }

  /** Probes for readiness until told to stop. */
  async probe(stop: AbortSignal): Promise<void> {
    await Promise.all(
      this.instances.map(async (instance) => {
        while (!stop.aborted && this.#healthy.has(instance)) {
          const outcome = await attempt(instance.port, '/health/ready', { agent: false });
          const isReady = 'status' in outcome && outcome.status === 200;
          await pause(isReady ? PROBE_EVERY_MS : LAG_MS);
          if (!isReady) this.#healthy.delete(instance);
        }
      }),
    );
  }
}

class Load {
  sent = 0;
  #hasLeft = false;
  readonly failures: string[] = [];

  constructor(private readonly balancer: Balancer) {}

  /** The instance is gone: the load may end. */
  left(): void {
    this.#hasLeft = true;
  }

  /** A client that keeps its connection until it is told to go. */
  async kept(): Promise<void> {
    while (!this.#isOver) {
      const { port } = this.balancer.pick();
      const agent = keepAliveAgent();
      while (!this.#isOver && (await this.#post(port, agent)) !== 'close');
      agent.destroy();
    }
  }

  /** A client that takes a new connection for each request. */
  async fresh(): Promise<void> {
    while (!this.#isOver) await this.#post(this.balancer.pick().port, false);
  }

  get #isOver(): boolean {
    return this.sent >= REQUESTS && this.#hasLeft;
  }

  /** @returns what the answer says of its connection */
  async #post(port: number, agent: ReturnType<typeof keepAliveAgent> | false): Promise<unknown> {
    this.sent += 1;
    const outcome = await attempt(port, '/echo?ms=3', { agent, body: '{"text":"hello"}' });
    if ('status' in outcome && outcome.body === '{"length":5}') return outcome.connection;
    this.failures.push('status' in outcome ? String(outcome.status) : outcome.error);
    return 'close';
  }
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

describe.each(['express', 'fastify'] as const)('on %s', (adapter) => {
  it('behind a balancer whose lag is shorter than the grace period, no request fails', async () => {
    const options = { gracePeriodMs: GRACE_PERIOD_MS };
    const instances = await Promise.all([1, 2].map(() => start({ adapter, options })));
    const balancer = new Balancer(instances);
    const load = new Load(balancer);
    const probing = new AbortController();
    const probed = balancer.probe(probing.signal);
    const clients = [
      ...Array.from({ length: 12 }, () => load.kept()),
      ...Array.from({ length: 4 }, () => load.fresh()),
    ];
    const [leaving] = instances as [RunningApplication];
    await leaving.until('load', () => load.sent > REQUESTS / 10);
    leaving.signal('SIGTERM');
    const exit = await leaving.exited;
    load.left();
    await Promise.all(clients);
    probing.abort();
    await probed;

    expect(load.failures).toEqual([]);
    expect(load.sent).toBeGreaterThanOrEqual(REQUESTS);
    expect(exit).toMatchObject({ code: 0, signal: null });
  }, 60_000);
});
