import { IncomingMessage, ServerResponse } from 'node:http';
import { PassThrough } from 'node:stream';
import { Socket } from 'node:net';

import { describe, expect, it } from 'vitest';

import { endResponse } from './end-response.js';

/** @returns an event stream that has begun, and the chunks that are written to it */
function eventStream(headers: Record<string, string> = {}): [ServerResponse, unknown[]] {
  const written: unknown[] = [];
  class Response extends ServerResponse {
    override write(chunk: unknown): boolean {
      written.push(chunk);
      return true;
    }
  }
  const response = new Response(new IncomingMessage(new Socket()));
  response.assignSocket(new PassThrough() as unknown as Socket);
  response.writeHead(200, { 'content-type': 'text/event-stream', ...headers });
  return [response, written];
}

describe('the end of an event stream', () => {
  it('tells the client when to reconnect', () => {
    const [response, written] = eventStream();
    endResponse(response, 1500);
    expect(written).toEqual(['retry: 1500\n\n']);
    expect(response.writableEnded).toBe(true);
  });

  it.each(['gzip', 'br'])('adds no text to what is compressed with %s', (encoding) => {
    const [response, written] = eventStream({ 'Content-Encoding': encoding });
    endResponse(response, 1500);
    expect(written).toEqual([]);
    expect(response.writableEnded).toBe(true);
  });
});
