import { RawConnection } from './http-client.js';
import { Http2Client } from './http2-client.js';

/** How a response came to its end, as its client saw it. */
export interface StreamEnd {
  readonly status: number;
  readonly body: string;
  /** Whether the server said that this was all. */
  readonly complete: boolean;
  readonly at: number;
}

/** A response as it comes in. */
export interface StreamClient {
  /** Resolves when the body has that text in it. */
  until(text: string): Promise<void>;
  readonly end: Promise<StreamEnd>;
  /** Stops reading. */
  pause(): void;
  /** Goes away. */
  leave(): void;
}

/** How a client asks for a stream. */
export interface Asking {
  readonly method: 'GET' | 'POST';
  readonly accept: string;
}

const EVENT_SOURCE: Asking = { method: 'GET', accept: 'text/event-stream' };

/** Over HTTP/1.1; the end is that of the connection, too. */
export async function openStream(
  port: number,
  path: string,
  { method, accept }: Asking = EVENT_SOURCE,
): Promise<StreamClient> {
  const connection = await RawConnection.open(port);
  const header = ['Host: test', `Accept: ${accept}`, 'Content-Length: 0'];
  connection.write([`${method} ${path} HTTP/1.1`, ...header, '', ''].join('\r\n'));
  return {
    until: (text) => connection.until(text),
    end: connection.closed.then(() => {
      const [head = '', ...rest] = connection.received.split('\r\n\r\n');
      const body = rest.join('\r\n\r\n');
      const length = Number(/content-length: (\d+)/i.exec(head)?.[1] ?? NaN);
      const status = Number(head.split(' ')[1]);
      const isChunked = status !== 204 && Number.isNaN(length);
      return {
        status,
        body: isChunked ? unchunk(body) : body,
        complete: isChunked ? body.endsWith('\r\n0\r\n\r\n') : body.length === (length || 0),
        at: Date.now(),
      };
    }),
    pause: () => connection.socket.pause(),
    leave: () => connection.end(),
  };
}

/** Over HTTP/2, on a connection of its own. */
export async function openHttp2Stream(
  port: number,
  path: string,
  { method, accept }: Asking = EVENT_SOURCE,
): Promise<StreamClient> {
  const client = await Http2Client.open(port);
  const stream = client.begin(path, { ':method': method, accept });
  stream.end();
  stream.setEncoding('utf8');
  let body = '';
  let status = 0;
  let complete = false;
  stream.on('response', (headers) => (status = headers[':status'] ?? 0));
  stream.on('data', (chunk: string) => (body += chunk));
  stream.on('end', () => (complete = stream.rstCode === 0));
  stream.on('aborted', () => (complete = false));
  stream.on('error', () => (complete = false));
  const closed = new Promise((resolve) => stream.once('close', resolve));
  return {
    async until(text) {
      while (!body.includes(text)) {
        await new Promise<void>((resolve, reject) => {
          stream.once('data', () => setImmediate(resolve));
          stream.once('close', () => reject(new Error(`ended without ${text}`)));
        });
      }
    },
    end: closed.then(() => ({ status, body, complete, at: Date.now() })),
    pause: () => stream.pause(),
    leave: () => client.destroy(),
  };
}

function unchunk(chunked: string): string {
  const end = chunked.indexOf('\r\n');
  const size = Number.parseInt(chunked.slice(0, end), 16);
  if (!size) return '';
  const begin = end + 2;
  return chunked.slice(begin, begin + size) + unchunk(chunked.slice(begin + size + 2));
}
