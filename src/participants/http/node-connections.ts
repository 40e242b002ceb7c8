import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Server, Socket } from 'node:net';

/** Node's parser of one connection. */
interface Parser {
  readonly socket?: Socket | null;
  /** The latest request, until it is answered. */
  readonly incoming?: IncomingMessage | null;
}

interface ConnectionsList {
  all?(): readonly Parser[];
}

/** Unpublished fields of a socket, the same from Node 20 to 24. */
interface HttpSocket {
  readonly parser?: Parser | null;
  /** The response that is being sent; null between two of them, undefined before the first. */
  readonly _httpMessage?: ServerResponse | null;
}

interface Timer {
  readonly _idleStart?: number;
}

/**
 * The HTTP/1.1 connections of a server, from the list that Node keeps to find slow ones.
 *
 * @returns undefined if there is none
 * @internal
 */
export function socketsOf(server: Server): readonly Socket[] | undefined {
  const parsers = connectionsOf(server)?.all?.();
  if (parsers === undefined) return undefined;
  const sockets: Socket[] = [];
  for (const { socket } of parsers) if (socket) sockets.push(socket);
  return sockets;
}

/** Whether a server has such a list. Copying it costs more the longer it is. @internal */
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
 * The last pipelined request, while it waits for the answers to those before it. The requests in
 * between cannot be found.
 *
 * @internal
 */
export function waitingRequest(socket: Socket): IncomingMessage | undefined {
  const latest = (socket as HttpSocket).parser?.incoming ?? undefined;
  const current = httpMessageOf(socket);
  return current && latest !== current.req ? latest : undefined;
}

/** How many requests are in flight on a connection, as far as Node shows. @internal */
export function requestsOn(socket: Socket): number {
  if (currentResponse(socket) === undefined) return 0;
  return waitingRequest(socket) === undefined ? 1 : 2;
}

/** Whether a connection ever carried a request. @internal */
export function isUsed(socket: Socket): boolean {
  return httpMessageOf(socket) !== undefined;
}

/**
 * Reads the clock of Node's timers once, for many connections.
 *
 * @returns tells how long a connection has been idle, in ms, by Node's own timer
 * @internal
 */
export function idleTimes(): (socket: Socket) => number | undefined {
  const probe = setTimeout(() => {}, 1);
  clearTimeout(probe);
  const { _idleStart: now } = probe as Timer;
  return (socket) => {
    const { _idleStart: since } = (symbolOf(socket, 'timeout') ?? {}) as Timer;
    return now === undefined || since === undefined ? undefined : Math.max(0, now - since);
  };
}

/** Whether Node shows this request in flight through the fields read here. @internal */
export function isShown(server: Server, response: ServerResponse): boolean {
  const { socket } = response.req;
  return currentResponse(socket) === response && socketsOf(server)?.includes(socket) === true;
}

function httpMessageOf(socket: Socket): ServerResponse | null | undefined {
  // oxlint-disable-next-line eslint/no-underscore-dangle -- the name is Node's
  return (socket as HttpSocket)._httpMessage;
}

/** Node's symbols once found: the search is the slow part, and runs for each connection. */
const symbols = new Map<string, symbol>();

function symbolOf(object: object, description: string): unknown {
  const known = symbols.get(description);
  if (known !== undefined && known in object) return Reflect.get(object, known);
  const key = Object.getOwnPropertySymbols(object).find((one) => one.description === description);
  if (key === undefined) return undefined;
  symbols.set(description, key);
  return Reflect.get(object, key);
}
