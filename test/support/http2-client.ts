import {
  type ClientHttp2Session,
  type ClientHttp2Stream,
  connect,
  type OutgoingHttpHeaders,
} from 'node:http2';

/** What a client saw of one request over HTTP/2. */
export interface Http2Outcome {
  readonly status: number | undefined;
  readonly body: string;
  /** Whether the server ended the response; what was cut has an error besides. */
  readonly complete: boolean;
  readonly error: string | undefined;
}

/** One connection over HTTP/2, and what its server said of it. */
export class Http2Client {
  /** The last stream that the server would answer, of each GOAWAY. */
  readonly goaways: {
    readonly code: number;
    readonly lastStreamId: number;
    readonly at: number;
  }[] = [];
  readonly closed: Promise<void>;

  private constructor(readonly session: ClientHttp2Session) {
    session.on('error', () => {});
    session.on('goaway', (code, lastStreamId) =>
      this.goaways.push({ code, lastStreamId, at: Date.now() }),
    );
    this.closed = new Promise((resolve) => session.once('close', () => resolve()));
  }

  static async open(port: number, tls = false): Promise<Http2Client> {
    const origin = `${tls ? 'https' : 'http'}://127.0.0.1:${port}`;
    const client = new Http2Client(connect(origin, { rejectUnauthorized: false }));
    await new Promise((resolve, reject) => {
      client.session.once('remoteSettings', resolve);
      client.session.once('close', reject);
    });
    return client;
  }

  /** Begins a request; the caller reads it. */
  begin(path: string, headers: OutgoingHttpHeaders = {}): ClientHttp2Stream {
    return this.session.request({ ':path': path, ...headers });
  }

  /** One request, never retried. */
  request(path: string, json?: string): Promise<Http2Outcome> {
    const headers = { ':method': 'POST', 'content-type': 'application/json' };
    const stream = this.begin(path, json === undefined ? {} : headers);
    const outcome = outcomeOf(stream);
    stream.end(json);
    return outcome;
  }

  destroy(): void {
    this.session.destroy();
  }
}

export function outcomeOf(stream: ClientHttp2Stream): Promise<Http2Outcome> {
  let status: number | undefined;
  let body = '';
  let error: string | undefined;
  let complete = false;
  stream.setEncoding('utf8');
  stream.on('response', (headers) => (status = headers[':status']));
  stream.on('data', (chunk: string) => (body += chunk));
  stream.on('end', () => (complete = status !== undefined));
  stream.on('aborted', () => (error ??= 'aborted'));
  stream.on('error', ({ message }) => (error = message));
  return new Promise((resolve) => {
    stream.once('close', () => {
      resolve({ status, body, complete: complete && error === undefined, error });
    });
  });
}
