import { IncomingMessage, ServerResponse } from 'node:http';
import { Socket } from 'node:net';

import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { beforeHeaders, beforeOwnHeaders } from './before-headers.js';

const newResponse = () => new ServerResponse(new IncomingMessage(new Socket()));

/** What the package `on-headers` does to a response. */
function addsHeader(response: ServerResponse): void {
  const replaced = Reflect.get(response, 'writeHead') as (...args: unknown[]) => ServerResponse;
  response.writeHead = (...args: unknown[]) => {
    response.setHeader('from', 'the application');
    return replaced.apply(response, args);
  };
}

describe('beforeHeaders', () => {
  const looked: ServerResponse[] = [];
  const look = (response: ServerResponse, [, ...others]: unknown[]) => {
    looked.push(response);
    return [202, ...others];
  };
  let stop: () => void;

  beforeEach(() => {
    looked.length = 0;
    stop = beforeHeaders(look);
  });

  afterEach(() => stop());

  it('looks at each response of the process and changes what is written', () => {
    const response = newResponse();
    expect(response.writeHead(200, { a: '1' })).toBe(response);
    expect(response).toMatchObject({ statusCode: 202, headersSent: true });
    expect(looked).toEqual([response]);
  });

  it('looks at a response whose headers nobody writes', () => {
    const response = newResponse();
    response.end('whole');
    expect(response.statusCode).toBe(202);
  });

  it('looks at a response that gets its own writeHead later', () => {
    const response = newResponse();
    addsHeader(response);
    response.writeHead(200);
    expect(looked).toEqual([response]);
    expect(response.getHeader('from')).toBe('the application');
  });

  it('leaves responses as they are, so that code that handles them stays optimised', () => {
    expect(Object.hasOwn(newResponse(), 'writeHead')).toBe(false);
  });

  it('gives the prototype back', () => {
    const replaced = Reflect.get(ServerResponse.prototype, 'writeHead') as unknown;
    stop();
    expect(Reflect.get(ServerResponse.prototype, 'writeHead')).not.toBe(replaced);
    newResponse().writeHead(200);
    expect(looked).toEqual([]);
  });

  it('gives it back once nobody looks, whoever stops first', () => {
    stop();
    const plain = Reflect.get(ServerResponse.prototype, 'writeHead') as unknown;
    const [stopFirst, stopSecond] = [beforeHeaders(look), beforeHeaders(look.bind(undefined))];
    stopFirst();
    newResponse().writeHead(200);
    expect(looked).toHaveLength(1);
    stopSecond();
    expect(Reflect.get(ServerResponse.prototype, 'writeHead')).toBe(plain);
  });

  it('passes the call on after the end, where a later replacement still calls it', () => {
    const { prototype } = ServerResponse;
    const replaced = Reflect.get(prototype, 'writeHead') as (...args: unknown[]) => ServerResponse;
    stop();
    expect(replaced.apply(newResponse(), [200]).statusCode).toBe(200);
  });
});

describe('beforeOwnHeaders', () => {
  it('looks at a response whose own writeHead was made before', () => {
    const [own, plain] = [newResponse(), newResponse()];
    addsHeader(own);
    for (const response of [own, plain]) beforeOwnHeaders(response, () => [202]);
    expect(own.writeHead(200).statusCode).toBe(202);
    expect(own.getHeader('from')).toBe('the application');
    expect(plain.writeHead(200).statusCode).toBe(200);
  });
});
