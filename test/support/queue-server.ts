import { once } from 'node:events';
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

interface Received {
  readonly body: string;
  readonly expiry: NodeJS.Timeout;
}

const BATCH = 3;
const OK = 200;
const GONE = 410;

/** As little of SQS as it takes: a message that is received is hidden until it is deleted. */
export class QueueServer {
  readonly deleted: string[] = [];
  readonly #visible: string[] = [];
  readonly #received = new Map<string, Received>();
  readonly #polls = new Set<ServerResponse>();
  readonly #server: Server;
  #receipts = 0;

  private constructor(private readonly visibilityTimeoutMs: number) {
    this.#server = createServer((request, response) => {
      const [, what, receipt] = request.url!.split('/');
      if (what === 'receive') this.#receive(response);
      else this.#settle(what === 'delete', receipt!, response);
    });
  }

  static async start(visibilityTimeoutMs: number): Promise<QueueServer> {
    const queue = new QueueServer(visibilityTimeoutMs);
    queue.#server.listen(0, '127.0.0.1');
    await once(queue.#server, 'listening');
    return queue;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** What the next one who asks would get. */
  get visible(): readonly string[] {
    return this.#visible;
  }

  /** How many clients wait for a message. */
  get polls(): number {
    return this.#polls.size;
  }

  send(...bodies: string[]): void {
    this.#visible.push(...bodies);
    for (const response of this.#polls) this.#answer(response);
  }

  async stop(): Promise<void> {
    for (const { expiry } of this.#received.values()) clearTimeout(expiry);
    this.#server.close();
    this.#server.closeAllConnections();
    await once(this.#server, 'close');
  }

  #receive(response: ServerResponse): void {
    this.#polls.add(response);
    response.once('close', () => this.#polls.delete(response));
    this.#answer(response);
  }

  #answer(response: ServerResponse): void {
    if (this.#visible.length === 0) return;
    this.#polls.delete(response);
    const messages = this.#visible.splice(0, BATCH).map((body) => {
      const receipt = String(++this.#receipts);
      const expiry = setTimeout(() => this.#show(receipt), this.visibilityTimeoutMs);
      this.#received.set(receipt, { body, expiry });
      return { body, receipt };
    });
    response.end(JSON.stringify(messages));
  }

  #settle(isDone: boolean, receipt: string, response: ServerResponse): void {
    const received = this.#received.get(receipt);
    if (received !== undefined && isDone) {
      clearTimeout(received.expiry);
      this.#received.delete(receipt);
      this.deleted.push(received.body);
    } else if (received !== undefined) {
      this.#show(receipt);
    }
    response.writeHead(received === undefined ? GONE : OK).end();
  }

  #show(receipt: string): void {
    const { body, expiry } = this.#received.get(receipt)!;
    clearTimeout(expiry);
    this.#received.delete(receipt);
    this.send(body);
  }
}
