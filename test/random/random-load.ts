import type { ShutdownReport } from '../../src/report/shutdown-report.js';
import { SOON_MS } from '../support/bounds.js';
import { type Exit, type RunningApplication, start } from '../support/running-application.js';
import { Findings } from './findings.js';
import type { LoadPlan } from './load-plan.js';
import { RandomClient, type SentRequest } from './random-client.js';

const CLOSE_TIMEOUT_MS = 500;
/** Of two clocks that count whole ms. */
const ROUNDING_MS = 5;
/** What is sent so shortly before a listener or connection goes may not arrive in time. */
const MARGIN_MS = 100;

/** A real process under random load that is told to leave. */
export class RandomLoad {
  readonly #findings = new Findings();
  readonly #clients: readonly RandomClient[];
  #signalledAt = Infinity;
  #secondAt = Infinity;

  constructor(private readonly plan: LoadPlan) {
    this.#clients = plan.clients.map((client, i) => new RandomClient(client, String(i)));
  }

  async play(): Promise<void> {
    const { adapter, gracePeriodMs, drainTimeoutMs, idleLingerMs } = this.plan;
    const closeTimeoutMs = CLOSE_TIMEOUT_MS;
    const options = { gracePeriodMs, drainTimeoutMs, closeTimeoutMs, idleLingerMs };
    const app = await start({ program: 'random', adapter, options });
    const isOver = new AbortController();
    const played = this.#clients.map((client) => client.play(app.port, isOver.signal));
    const signals = this.#signal(app);
    const exit = await app.exited;
    isOver.abort();
    await Promise.all([signals, ...played]);

    const budgetMs = gracePeriodMs + drainTimeoutMs + CLOSE_TIMEOUT_MS;
    const isInTime = exit.at - this.#signalledAt <= budgetMs + SOON_MS;
    this.#findings.expect(isInTime, 'the process is gone at the deadline');
    this.#checkExit(app, exit);
    const urls = app.events.filter(({ name }) => name === 'reached').map(({ detail }) => detail);
    for (const client of this.#clients) this.#checkClient(client, new Set(urls));
    this.#checkReport(app);
    this.#findings.throwIfAny();
  }

  async #signal(app: RunningApplication): Promise<void> {
    const { signalMs, secondSignalMs } = this.plan;
    await pause(signalMs);
    this.#signalledAt = app.signal('SIGTERM');
    if (secondSignalMs === undefined) return;
    await pause(secondSignalMs);
    this.#secondAt = app.signal('SIGINT');
  }

  /** Before this, everything is served. */
  get #graceEndsAt(): number {
    return Math.min(this.#signalledAt + this.plan.gracePeriodMs, this.#secondAt);
  }

  /** Before this, nothing may be cut. */
  get #deadline(): number {
    const { drainTimeoutMs } = this.plan;
    const abortWindowMs = drainTimeoutMs / 5;
    return Math.min(this.#graceEndsAt + drainTimeoutMs - abortWindowMs, this.#secondAt);
  }

  #checkExit(app: RunningApplication, { code, signal }: Exit): void {
    const expected = app.order.includes('forcing') ? 1 : 0;
    // While Node takes itself apart, nobody listens to signals any more.
    const isHitAtTheEnd = app.order.includes('exit') && signal === 'SIGINT';
    const isAsExpected = code === expected || isHitAtTheEnd;
    this.#findings.expect(isAsExpected, `ends with ${code ?? signal}, expected ${expected}`);
  }

  #checkClient(client: RandomClient, reached: ReadonlySet<unknown>): void {
    const { hasAborted, endedAt, sent } = client;
    if (hasAborted) return;
    if (client.connectedAt === undefined) {
      const isDue = endedAt >= this.#graceEndsAt;
      this.#findings.expect(isDue, `refused before the listener closed: ${client.error}`);
      return;
    }
    const [responses, rest] = client.responses;
    for (const [i, { status, body }] of responses.entries()) {
      const { url, expected } = sent[i]!;
      this.#findings.expect(status === 200 && body === expected, `${url}: ${status} ${body}`);
    }
    const mayBeCut = endedAt >= this.#deadline - ROUNDING_MS;
    this.#findings.expect(rest === '' || mayBeCut, `cut before the deadline: ${rest}`);
    if (mayBeCut || responses.some(({ isLast }) => isLast)) return;
    for (const request of sent.slice(responses.length)) {
      const isOwed = reached.has(request.url) || this.#isSentInTime(request);
      this.#findings.expect(!isOwed, `${request.url} was not answered: ${client.error}`);
    }
  }

  /** Whether it was sent while everything was served. */
  #isSentInTime({ at }: SentRequest): boolean {
    return at < this.#graceEndsAt - MARGIN_MS;
  }

  #checkReport(app: RunningApplication): void {
    const event = app.events.find(({ name }) => name === 'report');
    const { requests, connections } = event!.detail as ShutdownReport;
    const { atStart, received, completed, aborted, cut } = requests;
    const isBalanced = atStart + received === completed + aborted + cut;
    this.#findings.expect(isBalanced, `requests balance: ${JSON.stringify(requests)}`);
    this.#findings.expect(connections.left === 0, `${connections.left} connections are left`);
  }
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
