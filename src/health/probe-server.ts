import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';

/** The kinds of probes, each at the path of its name. @internal */
export type Probe = 'live' | 'ready' | 'startup';

/** @internal */
export interface ProbeAddress {
  readonly port: number;
  readonly host?: string | undefined;
}

/** A prober sends a few hundred bytes at once; a slower client is no prober. */
const PATIENCE_MS = 5000;
const MOST_CONNECTIONS = 100;

/**
 * Answers health probes on a separate port: 200 for yes, 503 for no. It does not keep the process
 * alive, and is not drained: it answers to the very end.
 *
 * @internal
 */
export class ProbeServer {
  readonly #server: Server;
  #isClosed = false;

  /** @param answer - whether the probe succeeds, and the state for the body */
  constructor(
    private readonly address: ProbeAddress,
    private readonly answer: (probe: Probe) => { readonly ok: boolean; readonly state: string },
  ) {
    this.#server = createServer(
      { requestTimeout: PATIENCE_MS, headersTimeout: PATIENCE_MS },
      (request, response) => this.#answer(request, response),
    );
    this.#server.maxConnections = MOST_CONNECTIONS;
    this.#server.on('connection', (socket) => socket.unref());
  }

  /** Rejects with the error of the system if it cannot listen. */
  async listen(): Promise<void> {
    const { port, host } = this.address;
    this.#server.listen({ port, host }).unref();
    await once(this.#server, 'listening');
    if (this.#isClosed) return void this.#server.close();
    // Later errors concern connections that could not be accepted.
    this.#server.on('error', () => {});
  }

  close(): void {
    this.#isClosed = true;
    this.#server.close();
    this.#server.closeAllConnections();
  }

  #answer(request: IncomingMessage, response: ServerResponse): void {
    // Probers come rarely, and a kept connection would be one more to end.
    response.setHeader('Connection', 'close');
    const probe = probeAt(request.url);
    if (request.method !== 'GET' && request.method !== 'HEAD') return end(response, 405);
    if (probe === undefined) return end(response, 404);
    const { ok, state } = this.answer(probe);
    response.setHeader('Cache-Control', 'no-store');
    end(response, ok ? 200 : 503, { status: ok ? 'ok' : 'error', state });
  }
}

function probeAt(url: string | undefined): Probe | undefined {
  const path = url?.split('?')[0];
  return (['live', 'ready', 'startup'] as const).find((name) => path === `/${name}`);
}

function end(response: ServerResponse, status: number, body?: object): void {
  response.statusCode = status;
  if (body === undefined) return void response.end();
  response.setHeader('Content-Type', 'application/json');
  response.end(JSON.stringify(body));
}
