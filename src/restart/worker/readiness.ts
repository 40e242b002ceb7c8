import type { Server } from 'node:net';

import type { Clock } from '../../shutdown/clock.js';
import { sleep, within } from '../../shutdown/within.js';
import { askServer } from './readiness-request.js';

const ASK_EVERY_MS = 100;
/** No balancer would wait longer for a check. */
const ANSWER_WITHIN_MS = 5000;

/** Servers answer these if they do not know the route; 426 comes from pure websocket servers. */
const ELSEWHERE: ReadonlySet<unknown> = new Set([404, 426]);

/**
 * The readiness check of the started applications. It sends the request of a balancer before
 * anybody can connect.
 *
 * @internal
 */
export class Readiness {
  #lastReason = '';

  constructor(
    private readonly path: string,
    private readonly servers: ReadonlySet<Server>,
    private readonly clock: Clock,
    private readonly ask: typeof askServer = askServer,
  ) {}

  /**
   * Resolves when the check is green.
   *
   * @param isOver - whether to give up
   * @param onRed - called with the reason while it is red, once for each reason
   */
  async green(isOver: () => boolean, onRed: (reason: string) => void): Promise<void> {
    if (this.servers.size === 0) {
      return onRed(
        `no HTTP server listens that could answer ${this.path}, so the check is skipped`,
      );
    }
    for (;;) {
      const reason = await this.#whyRed();
      if (reason === undefined || isOver()) return;
      if (reason !== this.#lastReason) onRed(reason);
      this.#lastReason = reason;
      await sleep(this.clock, ASK_EVERY_MS);
    }
  }

  /** Servers that do not know the route do not count, if there are others. */
  async #whyRed(): Promise<string | undefined> {
    const answers = await Promise.all([...this.servers].map((server) => this.#answerOf(server)));
    const known = answers.filter((answer) => !ELSEWHERE.has(answer));
    if (known.length === 0) return `GET ${this.path} answers ${answers[0]}`;
    const red = known.find((answer) => typeof answer === 'string' || answer < 200 || answer > 299);
    if (red === undefined) return undefined;
    return `GET ${this.path} ${typeof red === 'string' ? red : `answers ${red}`}`;
  }

  /** @returns the status, or what went wrong */
  async #answerOf(server: Server): Promise<number | string> {
    let answer: number | string = `has not answered in ${ANSWER_WITHIN_MS} ms`;
    const patience = new AbortController();
    const asked = this.ask(server, this.path, patience.signal).then(
      (status) => (answer = status),
      (error: unknown) => (answer = `fails: ${String(error)}`),
    );
    await within(this.clock, ANSWER_WITHIN_MS, asked);
    // Errors of an abandoned connection do not matter.
    const known = answer;
    patience.abort();
    return known;
  }
}
