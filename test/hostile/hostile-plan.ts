import * as fc from 'fast-check';

import { FIELDS, FRAME, frame, HALF_A_HEADER, OPENING } from '../support/http2-bytes.js';
import { upgradeRequest } from '../support/web-socket-client.js';

/** In the order in which the fixture starts them. */
export const SERVERS = [
  'express-http',
  'express-https',
  'express-unix',
  'fastify-http',
  'fastify-h2c',
  'fastify-h2-tls',
  'ws',
  'socket.io',
  'tcp',
  'grpc',
] as const;

type Family = 'http1' | 'http2' | 'websocket' | 'nest-tcp' | 'noise';

/** One connection of a client that means no good, or cannot do better. */
export interface HostilePlan {
  /** Which of `SERVERS`. */
  readonly server: number;
  /** With TLS where the server has it; without, it sends its bytes into the handshake. */
  readonly secure: boolean;
  readonly protocol: 'h2' | 'http/1.1';
  readonly afterMs: number;
  readonly chunks: readonly Buffer[];
  readonly pauseMs: number;
  readonly end: 'fin' | 'reset' | 'stay' | 'destroy';
  /** Whether it reads what it is sent. */
  readonly reads: boolean;
}

const GET = 'GET / HTTP/1.1\r\nHost: a\r\n\r\n';
const SLOW = 'GET /slow?ms=30 HTTP/1.1\r\nHost: a\r\n\r\n';
const POST = 'POST /echo HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n';
const none = Buffer.alloc(0);
/** Of a client that leaves. */
export const GOAWAY = frame(FRAME.goaway, 0, 0, Buffer.alloc(8));

const pieces: Readonly<Record<Family, readonly (string | Buffer)[]>> = {
  http1: [
    GET,
    SLOW,
    GET + SLOW + GET,
    SLOW.replace('1.1', '2.0'),
    GET.replace('1.1', '1.0'),
    'GET / HTTP/9.9\r\n\r\n',
    'GET /slow HTTP/1.1\r\nHos',
    `${POST}Content-Length: 7\r\n\r\n{"a":1}`,
    `${POST}Content-Length: 70\r\n\r\n{"a":`,
    `${POST}Content-Length: -1\r\n\r\n`,
    `${POST}Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`,
    `${POST}Transfer-Encoding: chunked\r\n\r\n7\r\n{"a":1}\r\n0\r\n\r\n`,
    `${POST}Transfer-Encoding: chunked\r\n\r\nzz\r\n{"a":1}\r\n`,
    `${POST}Transfer-Encoding: chunked\r\n\r\nfffffff\r\n{"a"`,
    `${POST}Expect: 100-continue\r\nContent-Length: 7\r\n\r\n`,
    `${POST}Expect: the-unexpected\r\nContent-Length: 0\r\n\r\n`,
    'GET /events HTTP/1.1\r\nHost: a\r\nAccept: text/event-stream\r\n\r\n',
    'GET / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\n\r\n',
    'CONNECT a:80 HTTP/1.1\r\nHost: a\r\n\r\n',
    'OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n',
    `GET /${'x'.repeat(20_000)} HTTP/1.1\r\n\r\n`,
    upgradeRequest('/chat'),
    upgradeRequest('/nowhere'),
    '\r\n\r\n\r\n',
  ],
  http2: [
    OPENING,
    HALF_A_HEADER,
    Buffer.concat([OPENING, frame(FRAME.headers, 5, 1, FIELDS)]),
    Buffer.concat([OPENING, frame(FRAME.headers, 4, 1, FIELDS), frame(FRAME.data, 0, 1, FIELDS)]),
    frame(FRAME.headers, 5, 3, FIELDS),
    frame(FRAME.headers, 5, 2, FIELDS),
    frame(FRAME.headers, 5, 5, Buffer.from('hpack it is not')),
    frame(FRAME.rstStream, 0, 1, Buffer.alloc(4)),
    frame(FRAME.ping, 0, 0, Buffer.alloc(8)),
    frame(FRAME.ping, 0, 0, Buffer.alloc(3)),
    GOAWAY,
    frame(FRAME.settings, 0, 0, Buffer.alloc(5)),
    frame(FRAME.settings, 1, 0, none),
    frame(FRAME.windowUpdate, 0, 0, Buffer.alloc(4)),
    frame(FRAME.continuation, 4, 1, FIELDS),
    frame(FRAME.data, 1, 7, FIELDS),
    frame(0xfa, 0xff, 9, FIELDS),
  ],
  websocket: [
    upgradeRequest('/chat'),
    upgradeRequest('/socket.io/?EIO=4&transport=websocket'),
    'GET /socket.io/?EIO=4&transport=polling HTTP/1.1\r\nHost: a\r\n\r\n',
    'POST /socket.io/?EIO=4&transport=polling&sid=x HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n\r\n4',
    webSocketFrame(0x81, '{"event":"slow","data":20}'),
    webSocketFrame(0x81, '40'),
    webSocketFrame(0x81, '42["slow",20]'),
    webSocketFrame(0x81, '3'),
    webSocketFrame(0x01, '{"event":'),
    webSocketFrame(0x80, '"slow"}'),
    webSocketFrame(0x81, 'no json'),
    webSocketFrame(0x88, '\u0003\u00e8'),
    webSocketFrame(0x89, 'ping'),
    webSocketFrame(0xf3, 'reserved'),
    Buffer.from([0x81, 0x05, 0x68]),
    Buffer.from([0x82, 0xff, 0, 0, 1, 0, 0, 0, 0, 0]),
  ],
  'nest-tcp': [
    message('{"pattern":"slow","data":1,"id":"1"}'),
    message('{"pattern":"slow","data":1,"id":"2"}').repeat(3),
    message('{"pattern":"none","data":1,"id":"3"}'),
    message('{"pattern":"slow"}'),
    message('no json'),
    'length#{}',
    '99999#{"pattern":',
    '-1#',
    '#',
  ],
  noise: [
    Buffer.alloc(3, 0x16),
    Buffer.from([0x16, 3, 1, 2, 0, 1]),
    Buffer.alloc(2000, 0xff),
    none,
  ],
};

const families: readonly Family[] = [
  'http1',
  'http1',
  'http1',
  'http1',
  'http2',
  'http2',
  'websocket',
  'websocket',
  'nest-tcp',
  'http2',
];

function webSocketFrame(first: number, text: string): Buffer {
  const payload = Buffer.from(text, 'latin1');
  return Buffer.concat([Buffer.from([first, 0x80 + payload.length, 0, 0, 0, 0]), payload]);
}

function message(json: string): string {
  return `${json.length}#${json}`;
}

/** @param spanMs - over how long they begin */
export function hostilePlans(count: number, spanMs: number): fc.Arbitrary<HostilePlan[]> {
  return fc.array(hostilePlan(spanMs), { minLength: count, maxLength: count });
}

function hostilePlan(spanMs: number): fc.Arbitrary<HostilePlan> {
  return fc
    .record({
      server: fc.nat(SERVERS.length - 1),
      secure: fc.nat(9).map((n) => n > 0),
      protocol: fc.constantFrom('h2' as const, 'http/1.1' as const),
      isForeign: fc.nat(9).map((n) => n === 0),
      foreign: fc.constantFrom(...(Object.keys(pieces) as Family[])),
      picks: fc.array(fc.nat(1000), { minLength: 0, maxLength: 5 }),
      cuts: fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 4 }),
      afterMs: fc.nat(spanMs),
      pauseMs: fc.constantFrom(0, 1, 10, 60),
      end: fc.constantFrom('fin' as const, 'reset' as const, 'stay' as const, 'destroy' as const),
      reads: fc.nat(4).map((n) => n > 0),
    })
    .map(({ isForeign, foreign, picks, cuts, ...plan }) => {
      const speaksHttp1 = plan.server === 5 && plan.protocol === 'http/1.1';
      const own = speaksHttp1 ? 'http1' : families[plan.server]!;
      return { ...plan, chunks: chunksOf(isForeign ? foreign : own, picks, cuts) };
    });
}

/** What a protocol begins with comes first, most of the time. */
function chunksOf(family: Family, picks: readonly number[], cuts: readonly number[]): Buffer[] {
  const known = pieces[family];
  const opens = family === 'http2' || family === 'websocket';
  const chosen = picks.map(
    (pick, i) => known[(opens && i === 0 ? pick % 4 : pick) % known.length]!,
  );
  const bytes = Buffer.concat(chosen.map((piece) => Buffer.from(piece as string, 'latin1')));
  const places = [0, ...cuts.map((cut) => Math.floor(cut * bytes.length)), bytes.length];
  places.sort((a, b) => a - b);
  return places.slice(1).map((place, i) => bytes.subarray(places[i], place));
}
