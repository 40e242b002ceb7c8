import type { ServerResponse } from 'node:http';
import { describe, expect, it } from 'vitest';

import { sayClose } from './last-response.js';

interface Request {
  readonly complete: boolean;
  readonly headers: Readonly<Record<string, string>>;
}

const READ: Request = { complete: true, headers: {} };

/** A response that records its headers, and whether the connection is to stay. */
class FakeResponse {
  shouldKeepAlive = true;
  readonly headers = new Map<string, string>();

  constructor(readonly req: Request) {}

  hasHeader(): boolean {
    return this.headers.size > 0;
  }

  setHeader(name: string, value: string): void {
    this.headers.set(name, value);
  }
}

/** @returns what is written for these arguments of `writeHead` */
function written(request: Request, ...args: unknown[]): unknown[] {
  const response = new FakeResponse(request);
  const head = sayClose(response as unknown as ServerResponse, args);
  return [...head, response.shouldKeepAlive ? 'keep-alive' : 'close'];
}

describe('sayClose', () => {
  it.each([
    { what: 'a request that is read whole', request: READ, connection: 'close' },
    {
      what: 'an upload that is read whole',
      request: { complete: true, headers: { 'content-length': '9' } },
      connection: 'close',
    },
    {
      what: 'a request without a body whose end Node has not noticed yet',
      request: { complete: false, headers: {} },
      connection: 'close',
    },
    {
      what: 'an empty upload',
      request: { complete: false, headers: { 'content-length': '0' } },
      connection: 'close',
    },
    {
      what: 'an upload that still comes in',
      request: { complete: false, headers: { 'content-length': '9' } },
      connection: 'keep-alive',
    },
    {
      what: 'a chunked upload that still comes in',
      request: { complete: false, headers: { 'transfer-encoding': 'chunked' } },
      connection: 'keep-alive',
    },
  ])('says $connection to $what', ({ request, connection }) => {
    expect(written(request, 200)).toEqual([200, connection]);
  });

  it.each([
    ['an object', { Connection: 'keep-alive', a: '1' }, { Connection: 'close', a: '1' }],
    ['a list', ['a', 'connection', 'connection', 'b'], ['a', 'connection', 'connection', 'close']],
    ['pairs', [['CONNECTION', 'keep-alive']], [['CONNECTION', 'close']]],
  ])('overrules a Connection header that is given as %s', (_, given, overruled) => {
    expect(written(READ, 200, given)).toEqual([200, overruled, 'close']);
  });

  it('overrules a Connection header that was set before', () => {
    const response = new FakeResponse(READ);
    response.setHeader('connection', 'keep-alive');
    sayClose(response as unknown as ServerResponse, [200]);
    expect(response.headers.get('connection')).toBe('close');
  });

  it('keeps the other arguments', () => {
    const headers = { 'content-type': 'text/plain' };
    expect(written(READ, 201, 'Created', headers)).toEqual([201, 'Created', headers, 'close']);
  });
});
