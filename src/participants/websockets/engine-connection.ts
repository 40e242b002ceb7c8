import type { Socket } from 'node:net';

import { unsentBytes } from '../../connections/socket-handle.js';
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
 * The part of an engine.io `Socket` that is used here. socket.io is built upon it.
 *
 * @internal
 */
export interface EngineSocket {
  readonly request?: { readonly url?: string };
  readonly transport: {
    readonly name: string;
    /** Whether everything has been sent. Polling: whether the client waits. */
    readonly writable?: boolean;
    /** Polling: the request that brings messages. */
    readonly dataReq?: object | null;
    /** Websocket: the `WebSocket` of the package ws. */
    readonly socket?: Partial<WsWebSocket> & {
      readonly bufferedAmount?: number;
      readonly _socket?: Socket | null;
      terminate?(): void;
    };
  };
  /** The packets that wait for the transport. */
  readonly writeBuffer: readonly unknown[];
  /** Whether the client is changing from polling to a websocket. */
  readonly upgrading?: boolean;
  close(discard?: boolean): void;
  once(event: 'close', listener: () => void): void;
}

/**
 * A connection of a socket.io client. It is closed below socket.io, because a client that is told
 * to disconnect stays away, while one that loses its transport reconnects by itself.
 *
 * @internal
 */
export class EngineConnection implements WebSocketConnection {
  readonly label: string;

  constructor(
    private readonly engineSocket: EngineSocket,
    private readonly handlersOf: HandlersOf,
    readonly since: number,
  ) {
    this.label = `socket.io ${pathOf(engineSocket.request?.url)}`;
  }

  get isBusy(): boolean {
    const { transport, writeBuffer, upgrading } = this.engineSocket;
    if (this.handlers.running > 0 || upgrading === true) return true;
    if (transport.name === 'polling') return Boolean(transport.dataReq);
    return writeBuffer.length > 0 || transport.writable === false;
  }

  get handlers(): Handlers {
    return this.handlersOf(this.engineSocket);
  }

  get unsent(): number {
    const { transport, writeBuffer } = this.engineSocket;
    // oxlint-disable-next-line eslint/no-underscore-dangle -- the name is that of ws
    const socket = transport.socket?._socket;
    return writeBuffer.length + (socket ? unsentBytes(socket) : 0);
  }

  stopReading(): void {
    this.engineSocket.transport.socket?.pause?.();
  }

  get isAway(): boolean {
    const { name, writable } = this.engineSocket.transport;
    return name === 'polling' && writable !== true;
  }

  get hasUnsent(): boolean {
    return (this.engineSocket.transport.socket?.bufferedAmount ?? 0) > 0;
  }

  close(code: number): void {
    const { name, socket } = this.engineSocket.transport;
    if (name === 'websocket' && isWebSocket(socket)) closeWebSocket(socket, code);
    // A poll has no room for the code: its answer says that the transport closes. Without a poll,
    // engine.io would wait 30 s for one.
    else this.engineSocket.close(this.isAway);
  }

  drop(): void {
    this.terminate();
  }

  terminate(): void {
    const { socket } = this.engineSocket.transport;
    if (socket?.terminate !== undefined) socket.terminate();
    else this.engineSocket.close(true);
  }
}
