import type { ServerResponse } from 'node:http';
import { describe, expect, it } from 'vitest';

import { sayCloseIf } from './last-response.js';

interface Request {
  readonly complete: boolean;
  readonly headers: Readonly<Record<string, string>>;
}

const READ: Request = { complete: true, headers: {} };

/** A response that records how its head was written, and whether the connection was to stay. */
class FakeResponse {
  shouldKeepAlive = true;
  readonly heads: unknown[][] = [];
  readonly headers = new Map<string, string>();

  constructor(readonly req: Request) {}

  hasHeader(): boolean {
    return this.headers.size > 0;
  }

  setHeader(name: string, value: string): void {
    this.headers.set(name, value);
  }

  writeHead(...args: unknown[]): this {
    this.heads.push([...args, this.shouldKeepAlive ? 'keep-alive' : 'close']);
    return this;
  }
}

function answer(request: Request, mayClose: () => boolean = () => true): FakeResponse {
  const response = new FakeResponse(request);
  sayCloseIf(response as unknown as ServerResponse, mayClose);
  return response;
}

describe('sayCloseIf', () => {
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
    expect(answer(request).writeHead(200).heads).toEqual([[200, connection]]);
  });

  it('decides when the head is written, not before', () => {
    let mayClose = false;
    const [early, late] = [answer(READ, () => mayClose), answer(READ, () => mayClose)];
    early.writeHead(200);
    mayClose = true;
    late.writeHead(200);
    expect(early.heads).toEqual([[200, 'keep-alive']]);
    expect(late.heads).toEqual([[200, 'close']]);
  });

  it.each([
    ['an object', { Connection: 'keep-alive', a: '1' }, { Connection: 'close', a: '1' }],
    ['a list', ['a', 'connection', 'connection', 'b'], ['a', 'connection', 'connection', 'close']],
    ['pairs', [['CONNECTION', 'keep-alive']], [['CONNECTION', 'close']]],
  ])('overrules a Connection header that is given as %s', (_, given, written) => {
    expect(answer(READ).writeHead(200, given).heads).toEqual([[200, written, 'close']]);
  });

  it('overrules a Connection header that was set before', () => {
    const response = answer(READ);
    response.setHeader('connection', 'keep-alive');
    response.writeHead(200);
    expect(response.headers.get('connection')).toBe('close');
  });

  it('keeps the arguments and the result of writeHead', () => {
    const response = answer(READ);
    const headers = { 'content-type': 'text/plain' };
    expect(response.writeHead(201, 'Created', headers)).toBe(response);
    expect(response.heads).toEqual([[201, 'Created', headers, 'close']]);
  });
});
