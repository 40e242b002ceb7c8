import { request as requestHttp, Server as HttpServer } from 'node:http';
import type { Server } from 'node:net';
import { Server as TlsServer } from 'node:tls';

import { InMemorySocket } from './in-memory-socket.js';

const HEADERS = { host: 'localhost', 'user-agent': 'nestjs-drain' };

/**
 * Asks a server of this process, whether it listens or not, over a connection that leaves no trace
 * in the network.
 *
 * @returns the status of the answer; rejects where there is none
 * @internal
 */
export function askServer(server: Server, path: string): Promise<number> {
  return speaksHttp1(server) ? askHttp1(server, path) : askHttp2(server, path);
}

/** A server of `node:http2` takes HTTP/1.1 only if it is told to, and only with TLS. */
function speaksHttp1(server: Server): boolean {
  if (server instanceof HttpServer) return true;
  return server instanceof TlsServer && allowsHttp1(server);
}

function allowsHttp1(server: TlsServer): boolean {
  const { ALPNProtocols } = server as { ALPNProtocols?: Uint8Array };
  return ALPNProtocols === undefined || Buffer.from(ALPNProtocols).includes('http/1.1');
}

function askHttp1(server: Server, path: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const socket = connectTo(server, 'http/1.1');
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

async function askHttp2(server: Server, path: string): Promise<number> {
  const { connect } = await import('node:http2');
  const session = connect('http://localhost', { createConnection: () => connectTo(server, 'h2') });
  try {
    return await new Promise((resolve, reject) => {
      session.on('error', reject);
      const request = session.request({ ':path': path, 'user-agent': 'nestjs-drain' });
      request.on('error', reject);
      request.on('response', (headers) => resolve(headers[':status'] ?? 0));
      request.resume();
    });
  } finally {
    session.close();
  }
}

/** @returns the client's end of the connection */
function connectTo(server: Server, alpnProtocol: string): InMemorySocket {
  const [near, far] = InMemorySocket.pair();
  if (server instanceof TlsServer) {
    Object.assign(far, { encrypted: true, authorized: false, alpnProtocol });
    server.emit('secureConnection', far);
  } else {
    server.emit('connection', far);
  }
  return near;
}
