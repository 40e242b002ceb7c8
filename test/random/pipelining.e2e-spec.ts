import * as fc from 'fast-check';
import { once } from 'node:events';
import { createServer, type Server, ServerResponse } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { queryObjects } from 'node:v8';

import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import { Traffic } from '../../src/connections/traffic.js';
import { HttpTraffic } from '../../src/participants/http/http-traffic.js';
import { systemClock } from '../../src/shutdown/clock.js';
import { times } from '../support/runs.js';
import { holds, seeds } from './property.js';

/** Generous: on a busy machine a turn of the loop takes its time. */
const GONE_WITHIN_MS = 10_000;
const AT_ONCE = 100;

/** What a handler does, named by the path. */
const answers = {
  now: (response: ServerResponse) => response.end('x'),
  soon: (response: ServerResponse) => setTimeout(() => response.end('x'), 5),
  late: (response: ServerResponse) => setTimeout(() => response.end('x'), 30),
  close: (response: ServerResponse) => response.setHeader('connection', 'close').end('x'),
  'close-soon': (response: ServerResponse) =>
    setTimeout(() => response.setHeader('connection', 'close').end('x'), 5),
  large: (response: ServerResponse) => response.end(Buffer.alloc(300_000)),
  never: () => {},
  headers: (response: ServerResponse) => response.writeHead(200).write('x'),
  destroy: (response: ServerResponse) => response.destroy(),
  reset: (response: ServerResponse) => response.req.socket.resetAndDestroy(),
} as const;

const ask = (path: string, version = '1.1') => `GET /${path} HTTP/${version}\r\nHost: t\r\n\r\n`;

/** What clients send in one piece. */
const pieces = fc.oneof(
  { weight: 8, arbitrary: fc.constantFrom(...Object.keys(answers)).map((path) => ask(path)) },
  fc.constantFrom('1.0', '2.0').map((version) => ask('soon', version)),
  fc.constantFrom(
    'POST /soon HTTP/1.1\r\nHost: t\r\nContent-Length: 3\r\n\r\nabc',
    'POST /now HTTP/1.1\r\nHost: t\r\nContent-Length: 9\r\n\r\nabc',
    'POST /soon HTTP/1.1\r\nHost: t\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n',
    'POST /soon HTTP/1.1\r\nHost: t\r\nExpect: 100-continue\r\nContent-Length: 3\r\n\r\nabc',
    'GET /up HTTP/1.1\r\nHost: t\r\nConnection: upgrade\r\nUpgrade: echo\r\n\r\n',
    'CONNECT t:1 HTTP/1.1\r\nHost: t\r\n\r\n',
    'GET /now HTTP/1.1\r\nHos',
    'no HTTP at all\r\n\r\n',
  ),
);

const clients = fc.record({
  /** What is sent at once, then after a pause, and so on. */
  sent: fc.array(fc.array(pieces, { minLength: 1, maxLength: 4 }), { minLength: 1, maxLength: 3 }),
  pauseMs: fc.nat(10),
  end: fc.constantFrom('reset', 'half-close', 'destroy', 'unread'),
});

type Client = typeof clients extends fc.Arbitrary<infer T> ? T : never;

let server: Server;
let traffic: HttpTraffic;
const sockets = new Set<Socket>();

function watch(): void {
  traffic = new HttpTraffic({ labelOf: () => 'GET' }, new Traffic(), systemClock);
  traffic.watch(server);
}

async function listen(takesUpgrades: boolean): Promise<void> {
  server = createServer((request, response) => {
    const path = request.url!.slice(1) as keyof typeof answers;
    response.on('error', () => {});
    answers[path]?.(response);
  });
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
  });
  if (takesUpgrades) server.on('upgrade', (_request, socket) => socket.on('error', () => {}).end());
  watch();
  await once(server.listen(0, '127.0.0.1'), 'listening');
}

async function play({ sent, pauseMs, end }: Client): Promise<void> {
  const socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
  socket.on('error', () => {});
  await once(socket, 'connect');
  if (end === 'unread') socket.pause();
  else socket.resume();
  for (const piece of sent) {
    socket.write(piece.join(''));
    await sleep(pauseMs);
  }
  if (end === 'reset') socket.resetAndDestroy();
  else if (end === 'half-close') socket.end();
  else socket.destroy();
  await sleep(pauseMs);
  socket.destroy();
}

async function becomesEmpty(): Promise<void> {
  // Of a client that has gone Node learns nothing while it does not read, because of what waits for a
  // handler that never answers.
  for (const socket of sockets) socket.destroy();
  await vi.waitFor(() => expect(sockets.size).toBe(0), GONE_WITHIN_MS);
  const { requestCount, connectionCount, isEmpty } = traffic;
  expect({ requestCount, connectionCount, isEmpty }).toEqual({
    requestCount: 0,
    connectionCount: 0,
    isEmpty: true,
  });
  expect(traffic.tasks()).toEqual([]);
}

afterEach(() => {
  traffic.dispose();
  server.close();
});

describe.each([
  ['followed from the start, without upgrades', false, 0],
  ['followed from the start, that takes upgrades', true, 0],
  ['followed in the middle, without upgrades', false, 8],
  ['followed in the middle, that takes upgrades', true, 8],
  ['not followed, that takes upgrades', true, Infinity],
])('a server %s', (_, takesUpgrades, followedAfterMs) => {
  beforeEach(async () => {
    await listen(takesUpgrades);
    if (followedAfterMs === 0) traffic.follow();
  });

  it.each(seeds)('has no request in flight once its clients have gone (seed %i)', async (seed) => {
    const property = fc.asyncProperty(
      fc.array(clients, { minLength: 1, maxLength: 5 }),
      async (all) => {
        const played = Promise.all(all.map((client) => play(client)));
        if (followedAfterMs > 0 && followedAfterMs < Infinity) {
          traffic.dispose();
          watch();
          await sleep(followedAfterMs);
          traffic.follow();
        }
        await played;
        await becomesEmpty();
      },
    );
    expect(await holds(property, seed, times(40, 2000))).toBe(true);
  });
});

/** Those of the last clients may still wait for their timers. */
function expectFewResponses(): void {
  expect(queryObjects(ServerResponse)).toBeLessThan(AT_ONCE * 4);
}

it.each([
  ['followed', true],
  ['not followed', false],
])(
  'a server keeps nothing of 5,000 connections that pipeline and are reset, %s',
  async (_, isFollowed) => {
    await listen(false);
    if (isFollowed) traffic.follow();
    const flood: Client = {
      sent: [[ask('late'), ask('never'), ask('soon'), ask('close')]],
      pauseMs: 1,
      end: 'reset',
    };
    const round = async (connections: number) => {
      for (let done = 0; done < connections; done += AT_ONCE) {
        await Promise.all(Array.from({ length: AT_ONCE }, () => play(flood)));
      }
      await becomesEmpty();
      await vi.waitFor(expectFewResponses, GONE_WITHIN_MS);
      return process.memoryUsage().heapUsed;
    };
    const before = await round(500);
    const heapUsed = await round(5000);
    expect(heapUsed - before).toBeLessThan(20e6);
  },
  120_000,
);
