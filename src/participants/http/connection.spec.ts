import type { ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { describe, expect, it } from 'vitest';

import { Connection } from './connection.js';

/** A connection since 1000 whose client sends when the test says so. */
function setUp() {
  const socket = { bytesRead: 0 };
  const connection = new Connection(socket as Socket, 1000);
  return { connection, send: (bytes: number) => void (socket.bytesRead += bytes) };
}

const response = () => ({}) as ServerResponse;

describe('Connection', () => {
  it('is unused until it carries a request, and never leaves unless it is told to', () => {
    const { connection } = setUp();
    expect(connection).toMatchObject({ used: false, isResting: true, leavesAt: Infinity });
    connection.begin(response(), 1000);
    expect(connection).toMatchObject({ used: true, isResting: false });
  });

  it('counts pipelined requests, and knows the last one', () => {
    const { connection } = setUp();
    const [first, second] = [response(), response()];
    connection.begin(first, 1000);
    connection.begin(second, 1000);
    expect([first, second].map((answer) => connection.isLatest(answer))).toEqual([false, true]);
    connection.finish(first, 1100);
    expect(connection.isResting).toBe(false);
    expect(connection.isLatest(second)).toBe(true);
    connection.finish(second, 1200);
    expect(connection).toMatchObject({ isResting: true, restsSince: 1200 });
  });

  it('is quiet from the moment it was opened', () => {
    const { connection } = setUp();
    expect(connection.quietMs(1300)).toBe(300);
  });

  it('is quiet from its last response', () => {
    const { connection, send } = setUp();
    const answered = response();
    send(80);
    connection.begin(answered, 1000);
    connection.finish(answered, 1500);
    expect(connection.quietMs(1700)).toBe(200);
    expect(connection.quietMs(1900)).toBe(400);
  });

  it('is quiet from its last response, even if the request came since the last look', () => {
    const { connection, send } = setUp();
    send(80);
    connection.quietMs(1000);
    const answered = response();
    send(80);
    connection.begin(answered, 1400);
    connection.finish(answered, 1500);
    expect(connection.quietMs(1700)).toBe(200);
  });

  it.each([
    { used: false, what: 'half a header' },
    { used: true, what: 'the beginning of its next request' },
  ])('is not quiet when $what has come since the last look', ({ used }) => {
    const { connection, send } = setUp();
    if (used) {
      const answered = response();
      send(80);
      connection.begin(answered, 1000);
      connection.finish(answered, 1000);
    }
    expect(connection.quietMs(1100)).toBe(100);
    send(10);
    expect(connection.quietMs(1300)).toBe(0);
    expect(connection.quietMs(1350)).toBe(50);
  });
});
