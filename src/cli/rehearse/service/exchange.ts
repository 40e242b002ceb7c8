import http from 'node:http';
import https from 'node:https';
import type { Readable } from 'node:stream';

/** The address of the service. @internal */
export interface Endpoint {
  readonly host: string;
  readonly port: number;
  readonly tls: boolean;
  /** Sent with each request. */
  readonly headers: Readonly<Record<string, string>>;
}

/** @internal */
export interface ExchangeOptions {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly agent?: http.Agent | false;
  readonly signal?: AbortSignal;
  /** Writes the body, at its own pace. */
  readonly write?: (request: http.ClientRequest) => void;
  /** Reads the body, at its own pace. */
  readonly read?: (response: Readable) => Promise<Buffer>;
}

/**
 * The outcome of a request, which is never repeated. `refused`: no connection; `reset`: the
 * connection ended before the response; `cut`: it ended during the response.
 *
 * @internal
 */
export type Exchange =
  | { readonly end: 'answered'; readonly status: number; readonly isBroken: boolean }
  | { readonly end: 'refused' | 'reset' | 'cut'; readonly error: string };

/** Sends a request. Never rejects. @internal */
export function exchange(
  endpoint: Endpoint,
  path: string,
  options: ExchangeOptions = {},
): Promise<Exchange> {
  const { method = 'GET', headers, agent = false, signal, write, read = readAll } = options;
  const { host, port, tls } = endpoint;
  return new Promise((resolve) => {
    let hasAnswered = false;
    const failed = (end: 'reset' | 'cut') => (error: NodeJS.ErrnoException) =>
      resolve({
        end: error.code === 'ECONNREFUSED' ? 'refused' : end,
        error: error.code ?? error.message,
      });
    const request = (tls ? https : http).request(
      {
        host,
        port,
        path,
        method,
        agent,
        headers: { ...endpoint.headers, ...headers },
        ...(tls ? { rejectUnauthorized: false } : {}),
        ...(signal === undefined ? {} : { signal }),
      },
      (response) => {
        hasAnswered = true;
        const answered = (body: Buffer) => {
          const status = response.statusCode ?? 0;
          if (response.complete) {
            resolve({ end: 'answered', status, isBroken: isBroken(response, body) });
          } else failed('cut')(new Error('incomplete'));
        };
        read(response).then(answered, failed('cut'));
      },
    );
    request.on('error', (error) => failed(hasAnswered ? 'cut' : 'reset')(error));
    if (write === undefined) request.end();
    else write(request);
  });
}

/** Malformed JSON is a response that only looks complete. */
function isBroken({ headers }: http.IncomingMessage, body: Buffer): boolean {
  const isJson = /^application\/([\w.-]+\+)?json\b/.test(headers['content-type'] ?? '');
  if (!isJson || body.length === 0 || headers['content-encoding'] !== undefined) return false;
  try {
    JSON.parse(body.toString());
    return false;
  } catch {
    return true;
  }
}

async function readAll(response: Readable): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of response as AsyncIterable<Buffer>) chunks.push(chunk);
  return Buffer.concat(chunks);
}
