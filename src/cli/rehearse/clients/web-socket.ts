import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import http from 'node:http';
import https from 'node:https';
import type { Duplex } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';

import type { Endpoint } from '../service/exchange.js';
import type { Target } from '../target.js';
import type { Client } from './client.js';

const RECONNECT_MS = 500;
const CLOSE_OPCODE = 8;
const PING_OPCODE = 9;
const PONG = Buffer.from([0x8a, 0x80, 0, 0, 0, 0]);

/**
 * Holds a websocket and reconnects when it ends. An end without a close frame is a cut.
 *
 * @internal
 */
export function webSocket(target: Target): Client {
  return async ({ endpoint, balancer, tally }) => {
    while (balancer.isIn) {
      const end = tally.begin('websocket', `GET ${target.path}`);
      const opened = await open(endpoint, target.path);
      if ('error' in opened) {
        if (opened.error === 'ECONNREFUSED') balancer.refused();
        end(opened.error === 'ECONNREFUSED' ? 'refused' : 'reset', opened.error);
      } else if ('status' in opened) {
        end(opened.status >= 500 ? 'error' : 'wrong', String(opened.status));
      } else {
        const saidGoodbye = await closed(opened.socket, opened.head);
        end(saidGoodbye ? undefined : 'cut', saidGoodbye ? '' : 'no close frame');
      }
      await sleep(RECONNECT_MS);
    }
  };
}

/** Why no websocket can be opened there; undefined if one can. @internal */
export async function webSocketProblem(
  endpoint: Endpoint,
  path: string,
): Promise<string | undefined> {
  const opened = await open(endpoint, path);
  if ('error' in opened) return opened.error;
  if ('status' in opened) return String(opened.status);
  opened.socket.destroy();
  return undefined;
}

type Opened =
  | { readonly socket: Duplex; readonly head: Buffer }
  | { readonly status: number }
  | { readonly error: string };

function open({ host, port, tls, headers }: Endpoint, path: string): Promise<Opened> {
  return new Promise((resolve) => {
    const request = (tls ? https : http).request({
      host,
      port,
      path,
      agent: false,
      headers: {
        ...headers,
        connection: 'Upgrade',
        upgrade: 'websocket',
        'sec-websocket-version': '13',
        'sec-websocket-key': randomBytes(16).toString('base64'),
      },
      ...(tls ? { rejectUnauthorized: false } : {}),
    });
    request.on('upgrade', (_, socket: Duplex, head: Buffer) => resolve({ socket, head }));
    request.on('response', (response) => {
      response.resume();
      resolve({ status: response.statusCode ?? 0 });
    });
    request.on('error', (error: NodeJS.ErrnoException) =>
      resolve({ error: error.code ?? error.message }),
    );
    request.end();
  });
}

/** @returns whether a close frame came */
async function closed(socket: Duplex, head: Buffer): Promise<boolean> {
  let rest = head;
  let isClosed = false;
  const read = (chunk: Buffer) => {
    rest = Buffer.concat([rest, chunk]);
    for (let frame = firstFrame(rest); frame !== undefined; frame = firstFrame(rest)) {
      rest = rest.subarray(frame.size);
      if (frame.opcode === PING_OPCODE) socket.write(PONG);
      if (frame.opcode !== CLOSE_OPCODE) continue;
      isClosed = true;
      socket.end();
    }
  };
  socket.on('data', read);
  socket.on('error', () => {});
  read(Buffer.alloc(0));
  await Promise.race([once(socket, 'end'), once(socket, 'close')]);
  socket.destroy();
  return isClosed;
}

function firstFrame(bytes: Buffer): { opcode: number; size: number } | undefined {
  if (bytes.length < 2) return undefined;
  const opcode = bytes[0]! & 0x0f;
  const short = bytes[1]! & 0x7f;
  const lengthBytes = short === 126 ? 2 : short === 127 ? 8 : 0;
  if (bytes.length < 2 + lengthBytes) return undefined;
  const length =
    lengthBytes === 0
      ? short
      : lengthBytes === 2
        ? bytes.readUInt16BE(2)
        : Number(bytes.readBigUInt64BE(2));
  const size = 2 + lengthBytes + length;
  return bytes.length < size ? undefined : { opcode, size };
}
