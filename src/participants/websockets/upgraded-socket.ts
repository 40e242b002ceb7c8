import type { IncomingMessage } from 'node:http';
import type { Server, Socket } from 'node:net';

import { unsentBytes } from '../../connections/socket-handle.js';
import type { ClosedBy, TrafficConnection } from '../../connections/traffic.js';
import { refuseUpgrade } from '../../connections/upgrades.js';
import {
  closeWebSocket,
  type Handlers,
  type HandlersOf,
  isWebSocket,
  pathOf,
  type WebSocketConnection,
  type WsWebSocket,
} from './web-socket-connection.js';

/**
 * A connection that an HTTP server has handed over: to ws (used by a gateway, graphql-ws or
 * `@fastify/websocket`), to another websocket library, or to another protocol.
 *
 * @internal
 */
export class UpgradedSocket implements WebSocketConnection, TrafficConnection {
  readonly path: string;
  readonly isWebSocket: boolean;
  /** Who would be the one to close it now. */
  closedBy: ClosedBy = 'peer';
  readonly #bytesBefore: number;

  constructor(
    readonly server: Server,
    readonly socket: Socket,
    request: IncomingMessage,
    private readonly handlersOf: HandlersOf,
    readonly since: number,
  ) {
    this.path = pathOf(request.url);
    const isTunnel = request.method === 'CONNECT';
    this.isWebSocket = !isTunnel && request.headers.upgrade?.toLowerCase() === 'websocket';
    this.#bytesBefore = socket.bytesWritten;
  }

  get isAway(): boolean {
    return false;
  }

  get passedOn(): number | undefined {
    const { bytesRead, bytesWritten } = this.socket;
    return webSocketOf(this.socket) === undefined ? bytesRead + bytesWritten : undefined;
  }

  get hasUnsent(): boolean {
    return this.socket.writableLength > 0;
  }

  get protocol(): 'websocket' {
    return 'websocket';
  }

  get remoteAddress(): string | undefined {
    return this.socket.remoteAddress;
  }

  get label(): string {
    return `websocket ${this.path}`;
  }

  get isBusy(): boolean {
    return this.handlers.running > 0;
  }

  get handlers(): Handlers {
    // Gateways know the websocket, GraphQL resolvers the socket below it.
    const below = this.handlersOf(this.socket);
    const webSocket = webSocketOf(this.socket);
    if (webSocket === undefined) return below;
    const { running, begun } = this.handlersOf(webSocket);
    return { running: running + below.running, begun: begun + below.begun };
  }

  get unsent(): number {
    return unsentBytes(this.socket);
  }

  stopReading(): void {
    webSocketOf(this.socket)?.pause?.();
  }

  close(code: number): void {
    this.closedBy = 'announced';
    const webSocket = webSocketOf(this.socket);
    if (webSocket !== undefined) closeWebSocket(webSocket, code);
    else if (this.socket.bytesWritten === this.#bytesBefore) refuseUpgrade(this.socket);
    // No frame, which could land in the middle of another one. Written data is sent first.
    else this.socket.destroySoon();
  }

  drop(): void {
    this.socket.destroy();
  }

  terminate(): void {
    this.closedBy = 'cut';
    this.drop();
  }
}

/** ws keeps itself on its socket under an unpublished symbol. */
function webSocketOf(socket: Socket): WsWebSocket | undefined {
  const key = Object.getOwnPropertySymbols(socket).find(
    ({ description }) => description === 'websocket',
  );
  const webSocket: unknown = key && Reflect.get(socket, key);
  return isWebSocket(webSocket) ? webSocket : undefined;
}
