import { readFileSync } from 'node:fs';
import http, { type IncomingMessage, type ServerResponse } from 'node:http';
import http2 from 'node:http2';
import https from 'node:https';
import { createServer as createTcpServer, type Server } from 'node:net';
import { join } from 'node:path';

import { describe, expect, it } from 'vitest';

import { askServer } from './readiness-request.js';

const fixtures = join(import.meta.dirname, '../../../test/fixtures');
const tls = {
  key: readFileSync(join(fixtures, 'key.pem')),
  cert: readFileSync(join(fixtures, 'cert.pem')),
};
const PATIENT = new AbortController().signal;
const BIG = 1024 * 1024;

function answer(
  request: IncomingMessage | http2.Http2ServerRequest,
  response: ServerResponse | http2.Http2ServerResponse,
): void {
  if (request.url === '/big') response.end(Buffer.alloc(BIG));
  else if (request.url === '/cut') request.socket.destroy();
  else if (request.url !== '/hang') {
    response.statusCode = request.url === '/ready' ? 204 : 404;
    response.end();
  }
}

const servers: [string, Server][] = [
  ['http', http.createServer(answer)],
  ['https', https.createServer(tls, answer)],
  ['http2', http2.createServer(answer)],
  ['http2 with TLS', http2.createSecureServer(tls, answer)],
  [
    'http2 with TLS and HTTP/1.1',
    http2.createSecureServer({ ...tls, allowHTTP1: true }, answer as never),
  ],
];

describe.each(servers)('a server of %s', (_, server) => {
  it('answers without listening', async () => {
    expect(server.listening).toBe(false);
    expect(await askServer(server, '/ready', PATIENT)).toBe(204);
    expect(await askServer(server, '/unknown', PATIENT)).toBe(404);
  });

  it('may send more than is read', async () => {
    expect(await askServer(server, '/big', PATIENT)).toBe(200);
  });

  it('may end the connection without an answer', async () => {
    await expect(askServer(server, '/cut', PATIENT)).rejects.toThrow(/hang up|closed|cancel/);
  });

  it('may be given up', async () => {
    const impatience = new AbortController();
    const asked = askServer(server, '/hang', impatience.signal);
    setImmediate(() => impatience.abort());
    await expect(asked).rejects.toThrow(/abort|hang up|closed|cancel/);
  });
});

it('an error on the connection of a readiness request is no answer', async () => {
  const server = createTcpServer(() => {
    throw new Error('on purpose');
  });
  await expect(async () => askServer(server, '/ready', PATIENT)).rejects.toThrow('on purpose');
});
