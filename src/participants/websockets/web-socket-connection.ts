/**
 * An open websocket of any library.
 *
 * @internal
 */
export interface WebSocketConnection {
  /** The name in log lines. Never an address or a query string. */
  readonly label: string;
  /** When it was opened. */
  readonly since: number;
  /** Whether closing now would lose a running handler or unsent data. */
  readonly isBusy: boolean;
  /** The handlers of its messages. */
  readonly handlers: Handlers;
  /** A number that changes while its client reads. */
  readonly unsent: number;
  /**
   * The number of bytes that have passed, if no known library serves it: it may be proxied, message
   * boundaries are unknown, and no frame can be inserted.
   */
  readonly passedOn?: number | undefined;
  /** Whether its client is between two polls, and cannot be told anything. */
  readonly isAway: boolean;
  /** Whether it has unsent data. */
  readonly hasUnsent: boolean;
  /** Stops reading, because the client never pauses. */
  stopReading(): void;
  /** Asks the client to go, after everything that has been sent. What it still sends is dropped. */
  close(code: number): void;
  /** Ends it, because its client does not answer the close. */
  drop(): void;
  /** Ends it without waiting for the client. */
  terminate(): void;
}

/** The message handlers of a client. @internal */
export interface Handlers {
  readonly running: number;
  /** A number that changes with each new handler. */
  readonly begun: number;
}

/** @internal */
export type HandlersOf = (client: object) => Handlers;

/** Of the package ws. @internal */
export interface WsWebSocket {
  close(code: number): void;
  /** From ws 8. */
  pause?(): void;
  resume?(): void;
  removeAllListeners?(event: 'message'): void;
}

/** @internal */
export function isWebSocket(value: unknown): value is WsWebSocket {
  return typeof (value as Partial<WsWebSocket> | null | undefined)?.close === 'function';
}

/**
 * Closes a websocket. Later messages of its client reach no handler: an answer could not be sent,
 * and the client will send them again on its next connection.
 *
 * @internal
 */
export function closeWebSocket(webSocket: WsWebSocket, code: number): void {
  webSocket.removeAllListeners?.('message');
  webSocket.close(code);
  // The client's own close frame must be read.
  webSocket.resume?.();
}

/** A path without its query string, which may hold secrets. @internal */
export function pathOf(url: string | undefined): string {
  return url?.split('?', 1)[0] ?? '';
}
