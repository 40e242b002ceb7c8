import type { Socket } from 'node:net';

import { unsentBytes } from '../../connections/socket-handle.js';
import type { ClosedBy, TrafficConnection } from '../../connections/traffic.js';
import { refuseUpgrade } from '../../connections/upgrades.js';
import type { Upgrade } from './upgrade.js';
import {
  closeWebSocket,
  type Handlers,
  type HandlersOf,
  isWebSocket,
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
  /** Who would be the one to close it now. */
  closedBy: ClosedBy = 'peer';

  constructor(
    readonly socket: Socket,
    readonly upgrade: Upgrade,
    private readonly handlersOf: HandlersOf,
  ) {}

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

  get since(): number {
    return this.upgrade.since;
  }

  get label(): string {
    return `websocket ${this.upgrade.path ?? ''}`;
  }

  get isBusy(): boolean {
    return this.handlers.running > 0;
  }

  get handlers(): Handlers {
    return handlersOn(this.socket, this.handlersOf);
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
    else if (this.socket.bytesWritten === this.upgrade.bytesBefore) refuseUpgrade(this.socket);
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

/** The handlers of messages that came over a socket. @internal */
export function handlersOn(socket: Socket, handlersOf: HandlersOf): Handlers {
  // Gateways know the websocket, GraphQL resolvers the socket below it.
  const below = handlersOf(socket);
  const webSocket = webSocketOf(socket);
  if (webSocket === undefined) return below;
  const { running, begun } = handlersOf(webSocket);
  return { running: running + below.running, begun: begun + below.begun };
}

/** ws keeps itself on its socket under an unpublished symbol. */
function webSocketOf(socket: Socket): WsWebSocket | undefined {
  const key = Object.getOwnPropertySymbols(socket).find(
    ({ description }) => description === 'websocket',
  );
  const webSocket: unknown = key && Reflect.get(socket, key);
  return isWebSocket(webSocket) ? webSocket : undefined;
}
