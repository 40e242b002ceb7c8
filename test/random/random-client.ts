import { connect, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

import type { ClientPlan, RequestPlan } from './load-plan.js';
import { readResponses, type WholeResponse } from './responses.js';

const BODY = JSON.stringify({ text: 'x'.repeat(3000) });
const EXPECTED: Readonly<Record<RequestPlan['kind'], string>> = {
  hello: '{"hello":"world"}',
  slow: '{"row":"row"}',
  echo: '{"length":3000}',
  file: 'x'.repeat(20_000),
  raw: 'x'.repeat(20_000),
};
/** `file` and `raw` send as many pieces. */
const PIECES = 20;

/** A request that has been sent whole. */
export interface SentRequest {
  readonly url: string;
  readonly expected: string;
  /** When its last byte was written. */
  readonly at: number;
}

/** One connection to the application, and what becomes of it. */
export class RandomClient {
  readonly sent: SentRequest[] = [];
  /** When the connection was established. */
  connectedAt: number | undefined;
  /** When it was seen to be closed, or could not be opened. */
  endedAt = Infinity;
  /** Whether it has gone by itself. */
  hasAborted = false;
  error: string | undefined;
  #received = '';
  #changed = () => {};

  constructor(
    private readonly plan: ClientPlan,
    private readonly name: string,
  ) {}

  /** All responses that came whole, and what came of the next one. */
  get responses(): [WholeResponse[], rest: string] {
    return readResponses(this.#received);
  }

  /** Sends all that is planned, as long as it may. Resolves when the connection has ended. */
  async play(port: number, isOver: AbortSignal): Promise<void> {
    await sleep(this.plan.startMs);
    const socket = connect(port, '127.0.0.1');
    const ended = this.#follow(socket);
    isOver.addEventListener('abort', () => socket.destroy(), { once: true });
    if (this.plan.abortMs !== undefined) this.#abortAfter(socket, this.plan.abortMs);
    await this.#sendAll(socket);
    await ended;
  }

  async #sendAll(socket: Socket): Promise<void> {
    for (const [i, plan] of this.plan.requests.entries()) {
      await this.#send(socket, plan, i);
      if (!this.plan.isPipelined) await this.#until(() => this.responses[0].length > i);
      // A client that is told so sends nothing more.
      if (this.#isEnded || this.responses[0].some(({ isLast }) => isLast)) return;
      await sleep(this.plan.thinkMs);
    }
    if (this.plan.endsHalf) socket.write('GET /hello HTTP/1.1\r\nHo');
  }

  async #send(socket: Socket, plan: RequestPlan, rank: number): Promise<void> {
    const url = urlOf(plan, `${this.name}.${rank}`);
    const text = textOf(plan, url);
    const partBytes = Math.ceil(text.length / (plan.pausesMs.length + 1));
    for (const [i, pauseMs] of [...plan.pausesMs, 0].entries()) {
      if (this.#isEnded) return;
      socket.write(text.slice(i * partBytes, (i + 1) * partBytes));
      if (pauseMs > 0) await sleep(pauseMs);
    }
    this.sent.push({ url, expected: EXPECTED[plan.kind], at: Date.now() });
  }

  get #isEnded(): boolean {
    return this.endedAt < Infinity;
  }

  #follow(socket: Socket): Promise<void> {
    socket.on('connect', () => (this.connectedAt = Date.now()));
    socket.on('error', ({ code }: NodeJS.ErrnoException) => (this.error = code));
    socket.on('data', (chunk) => {
      this.#received += chunk.toString('latin1');
      this.#changed();
    });
    return new Promise((resolve) => {
      socket.on('close', () => {
        this.endedAt = Date.now();
        this.#changed();
        resolve();
      });
    });
  }

  #abortAfter(socket: Socket, ms: number): void {
    const timer = setTimeout(() => {
      this.hasAborted = true;
      socket.destroy();
    }, ms);
    socket.once('close', () => clearTimeout(timer));
  }

  async #until(happened: () => boolean): Promise<void> {
    while (!happened() && !this.#isEnded) {
      await new Promise<void>((resolve) => (this.#changed = resolve));
    }
  }
}

function urlOf({ kind, ms }: RequestPlan, id: string): string {
  const everyMs = kind === 'file' || kind === 'raw' ? Math.ceil(ms / PIECES) : ms;
  return `/${kind}?ms=${everyMs}&id=${id}`;
}

function textOf({ kind }: RequestPlan, url: string): string {
  if (kind !== 'echo') return `GET ${url} HTTP/1.1\r\nHost: test\r\n\r\n`;
  return (
    `POST ${url} HTTP/1.1\r\nHost: test\r\nContent-Type: application/json\r\n` +
    `Content-Length: ${BODY.length}\r\n\r\n${BODY}`
  );
}
