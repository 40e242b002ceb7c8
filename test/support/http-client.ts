import http, { type IncomingMessage, type RequestOptions } from 'node:http';
import https from 'node:https';
import { connect, type Socket } from 'node:net';
import { text } from 'node:stream/consumers';

/** What a client saw of one request. */
export interface Answer {
  readonly status: number;
  readonly body: string;
  readonly connection: string | undefined;
  /** When its last byte was read. */
  readonly at: number;
}

/** What a client saw, if it went wrong. */
export interface Failure {
  readonly error: string;
}

export type Outcome = Answer | Failure;

export function isAnswer(outcome: Outcome): outcome is Answer {
  return 'status' in outcome;
}

export interface ClientRequest extends RequestOptions {
  readonly body?: string;
  readonly tls?: boolean;
}

/** One request, never retried. */
export async function request(
  port: number,
  path: string,
  options: ClientRequest = {},
): Promise<Answer> {
  const { body, tls = false, ...rest } = options;
  const client = tls ? https : http;
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    const outgoing = client.request(
      {
        host: '127.0.0.1',
        port,
        path,
        method: body === undefined ? 'GET' : 'POST',
        rejectUnauthorized: false,
        ...rest,
        headers: {
          ...(body === undefined
            ? {}
            : { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) }),
          ...(rest.headers as Record<string, string> | undefined),
        },
      },
      resolve,
    );
    outgoing.on('error', reject);
    outgoing.end(body);
  });
  const content = await text(response);
  // A body that ends early ends without an error where its length is not declared.
  if (!response.complete) throw new Error('the body is incomplete');
  return {
    status: response.statusCode ?? 0,
    body: content,
    connection: response.headers.connection,
    at: Date.now(),
  };
}

/** One request whose failure is an outcome. */
export async function attempt(
  port: number,
  path: string,
  options?: ClientRequest,
): Promise<Outcome> {
  try {
    return await request(port, path, options);
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    return { error: code ?? message };
  }
}

export function keepAliveAgent(tls = false): http.Agent {
  const options = { keepAlive: true, maxSockets: 1 };
  return tls ? new https.Agent({ ...options, rejectUnauthorized: false }) : new http.Agent(options);
}

/** A connection on which a test writes every byte itself. */
export class RawConnection {
  received = '';
  readonly closed: Promise<void>;

  private constructor(readonly socket: Socket) {
    socket.on('data', (chunk) => (this.received += chunk.toString('latin1')));
    socket.on('error', () => {});
    this.closed = new Promise((resolve) => socket.once('close', () => resolve()));
  }

  static async open(port: number, host = '127.0.0.1'): Promise<RawConnection> {
    const socket = connect(port, host);
    await new Promise<void>((resolve, reject) => {
      socket.once('connect', resolve);
      socket.once('error', reject);
    });
    return new RawConnection(socket);
  }

  write(data: string): void {
    this.socket.write(data);
  }

  async until(expected: string): Promise<void> {
    while (!this.received.includes(expected)) {
      await new Promise<void>((resolve, reject) => {
        this.socket.once('data', () => setImmediate(resolve));
        this.socket.once('close', () => reject(new Error(`closed without ${expected}`)));
      });
    }
  }

  end(): void {
    this.socket.destroy();
  }
}

/** A request that is in flight until the test says otherwise: the last byte of its body is missing. */
export class HeldRequest {
  private constructor(private readonly connection: RawConnection) {}

  static async begin(port: number, path: string, body = '{"id":1}'): Promise<HeldRequest> {
    const connection = await RawConnection.open(port);
    const header = [
      'Host: test',
      'Content-Type: application/json',
      `Content-Length: ${body.length}`,
    ];
    connection.write([`POST ${path} HTTP/1.1`, ...header, '', body.slice(0, -1)].join('\r\n'));
    return new HeldRequest(connection);
  }

  /** @returns its status line */
  async finish(): Promise<string> {
    this.connection.write('}');
    await this.connection.until('\r\n\r\n');
    return this.connection.received.split('\r\n')[0]!;
  }
}
