import { setTimeout as sleep } from 'node:timers/promises';

import { type Endpoint, exchange } from './service/exchange.js';

const PROBE_EVERY_MS = 200;
const PROBE_TIMEOUT_MS = 2000;

/** @internal */
export interface BalancerRules {
  /** How long the balancer keeps sending after it could have noticed. */
  readonly lagMs: number;
  /** The readiness check that it follows. */
  readonly readyPath?: string | undefined;
  /** Whether the platform takes the service out of rotation when it stops it. */
  readonly deregisters: boolean;
}

/**
 * Simulates a balancer. After a lag, it opens no more connections to a service that is not ready,
 * that its platform is stopping, or, without either sign, that refuses connections.
 *
 * @internal
 */
export class Balancer {
  /** When readiness was first seen red after the signal; undefined if never. */
  redAfterMs: number | undefined;
  /** When it stopped sending; undefined until then. */
  outAfterMs: number | undefined;
  /** Aborted when it sends no more. */
  readonly out: AbortSignal;
  readonly #out = new AbortController();
  #signalAt: number | undefined;
  #isNews = true;

  constructor(
    private readonly endpoint: Endpoint,
    private readonly rules: BalancerRules,
  ) {
    this.out = this.#out.signal;
    if (rules.readyPath !== undefined) void this.#probe(rules.readyPath);
  }

  get isIn(): boolean {
    return !this.out.aborted;
  }

  /** The platform has sent the signal. */
  signalled(): void {
    this.#signalAt = performance.now();
    if (this.rules.deregisters) this.#learn();
  }

  /** A connection was refused, which counts only if there is no readiness check. */
  refused(): void {
    if (this.rules.readyPath === undefined) this.#learn();
  }

  /** The service has exited, which every platform notices. */
  gone(): void {
    this.#learn();
  }

  stop(): void {
    this.#out.abort();
  }

  #learn(): void {
    if (!this.#isNews) return;
    this.#isNews = false;
    setTimeout(() => {
      if (!this.isIn) return;
      this.outAfterMs = Math.round(this.#sinceSignalMs);
      this.stop();
    }, this.rules.lagMs);
  }

  get #sinceSignalMs(): number {
    return this.#signalAt === undefined ? 0 : performance.now() - this.#signalAt;
  }

  async #probe(path: string): Promise<void> {
    while (this.isIn) {
      const signal = AbortSignal.timeout(PROBE_TIMEOUT_MS);
      const answer = await exchange(this.endpoint, path, { signal });
      if (!isReady(answer)) this.#red(answer.end === 'answered');
      await sleep(PROBE_EVERY_MS);
    }
  }

  #red(isAnswered: boolean): void {
    if (this.#signalAt !== undefined && isAnswered) {
      this.redAfterMs ??= Math.round(this.#sinceSignalMs);
    }
    this.#learn();
  }
}

function isReady(answer: Awaited<ReturnType<typeof exchange>>): boolean {
  return answer.end === 'answered' && answer.status < 400;
}
