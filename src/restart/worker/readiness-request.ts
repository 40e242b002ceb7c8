import { request as requestHttp, Server as HttpServer } from 'node:http';
import type { Server } from 'node:net';
import { addAbortSignal } from 'node:stream';
import { Server as TlsServer } from 'node:tls';

import { InMemorySocket } from './in-memory-socket.js';

const HTTP2_HEADERS = { 'user-agent': 'nestjs-drain' };
const HEADERS = { ...HTTP2_HEADERS, host: 'localhost' };

/**
 * Sends a request to a server of this process, listening or not, over a connection in memory.
 *
 * @param signal - aborts the request
 * @returns the status of the answer; rejects without one
 * @internal
 */
export function askServer(server: Server, path: string, signal: AbortSignal): Promise<number> {
  return speaksHttp1(server) ? askHttp1(server, path, signal) : askHttp2(server, path, signal);
}

/** A `node:http2` server takes HTTP/1.1 only with TLS and `allowHTTP1`. */
function speaksHttp1(server: Server): boolean {
  if (server instanceof HttpServer) return true;
  const { ALPNProtocols } = server as { ALPNProtocols?: Uint8Array };
  return ALPNProtocols !== undefined && Buffer.from(ALPNProtocols).includes('http/1.1');
}

function askHttp1(server: Server, path: string, signal: AbortSignal): Promise<number> {
  return new Promise((resolve, reject) => {
    const socket = connectTo(server, 'http/1.1', signal);
    const request = requestHttp({ path, headers: HEADERS, createConnection: () => socket });
    request.on('error', reject);
    request.on('response', (response) => {
      response.resume();
      response.on('error', () => {});
      resolve(response.statusCode ?? 0);
    });
    request.end();
  });
}

async function askHttp2(server: Server, path: string, signal: AbortSignal): Promise<number> {
  const { connect } = await import('node:http2');
  const socket = connectTo(server, 'h2', signal);
  const session = connect('http://localhost', { createConnection: () => socket });
  try {
    return await new Promise((resolve, reject) => {
      session.on('error', reject);
      const request = session.request({ ...HTTP2_HEADERS, ':path': path });
      request.on('error', reject);
      request.on('close', () => reject(new Error('closed without a response')));
      request.on('response', (headers) => resolve(headers[':status'] ?? 0));
      request.resume();
    });
  } finally {
    session.close();
  }
}

/** @returns the client's end of the connection */
function connectTo(server: Server, alpnProtocol: string, signal: AbortSignal): InMemorySocket {
  const [near, far] = InMemorySocket.pair();
  addAbortSignal(signal, near);
  // A client that has its answer does not listen any more.
  near.on('error', () => {});
  const isSecure = server instanceof TlsServer;
  Object.assign(far, { server }, isSecure && { encrypted: true, authorized: false, alpnProtocol });
  server.emit(isSecure ? 'secureConnection' : 'connection', far);
  return near;
}
