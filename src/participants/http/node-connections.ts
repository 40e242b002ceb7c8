import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Server, Socket } from 'node:net';

/** Node's parser of one connection. */
interface Parser {
  readonly socket?: Socket | null;
  /** The request that was read last, until it is answered. */
  readonly incoming?: IncomingMessage | null;
}

interface ConnectionsList {
  all?(): readonly Parser[];
}

/** What Node keeps on a socket and does not publish; the same from 20 to 24. */
interface HttpSocket {
  readonly parser?: Parser | null;
  /** The response that is being sent; null between two of them, undefined before the first. */
  readonly _httpMessage?: ServerResponse | null;
}

interface Timer {
  readonly _idleStart?: number;
}

/**
 * The HTTP/1.1 connections of a server, from the list by which Node itself looks for slow ones.
 *
 * @returns undefined where there is none
 * @internal
 */
export function socketsOf(server: Server): readonly Socket[] | undefined {
  return connectionsOf(server)
    ?.all?.()
    .flatMap(({ socket }) => socket ?? []);
}

/** Whether a server has such a list, which is not made for that: it costs the more, the longer it is. @internal */
export function hasSockets(server: Server): boolean {
  return connectionsOf(server)?.all !== undefined;
}

function connectionsOf(server: Server): ConnectionsList | undefined {
  return symbolOf(server, 'http.server.connections') as ConnectionsList | undefined;
}

/** The response that is being sent, or waits for its handler. @internal */
export function currentResponse(socket: Socket): ServerResponse | undefined {
  return httpMessageOf(socket) ?? undefined;
}

/**
 * The last request of a client that pipelines, as long as it waits for the answers to those before it.
 * Those between it and the first are not to be found.
 *
 * @internal
 */
export function waitingRequest(socket: Socket): IncomingMessage | undefined {
  const latest = (socket as HttpSocket).parser?.incoming ?? undefined;
  const current = httpMessageOf(socket);
  return current && latest !== current.req ? latest : undefined;
}

/** How many requests are in flight on a connection, as far as Node tells. @internal */
export function requestsOn(socket: Socket): number {
  if (currentResponse(socket) === undefined) return 0;
  return waitingRequest(socket) === undefined ? 1 : 2;
}

/** Whether a connection ever carried a request. @internal */
export function isUsed(socket: Socket): boolean {
  return httpMessageOf(socket) !== undefined;
}

/** For how long nothing has come or gone, in ms, by Node's timer for idle connections. @internal */
export function idleMsOf(socket: Socket): number | undefined {
  const { _idleStart: since } = (symbolOf(socket, 'timeout') ?? {}) as Timer;
  if (since === undefined) return undefined;
  const probe = setTimeout(() => {}, 1);
  clearTimeout(probe);
  const { _idleStart: now } = probe as Timer;
  return now === undefined ? undefined : Math.max(0, now - since);
}

/** Whether Node shows a request that is in flight by what is asked for here. @internal */
export function isShown(server: Server, response: ServerResponse): boolean {
  const { socket } = response.req;
  return currentResponse(socket) === response && socketsOf(server)?.includes(socket) === true;
}

function httpMessageOf(socket: Socket): ServerResponse | null | undefined {
  // oxlint-disable-next-line eslint/no-underscore-dangle -- the name is Node's
  return (socket as HttpSocket)._httpMessage;
}

function symbolOf(object: object, description: string): unknown {
  const key = Object.getOwnPropertySymbols(object).find((one) => one.description === description);
  return key && Reflect.get(object, key);
}
