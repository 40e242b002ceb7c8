/**
 * An open websocket, whichever library serves it.
 *
 * @internal
 */
export interface WebSocketConnection {
  /** As a log line names it. Never an address or a query string. */
  readonly label: string;
  /** When it was opened. */
  readonly since: number;
  /** Whether something runs, or waits to be sent, that closing would lose. */
  readonly isBusy: boolean;
  /** The handlers of its messages. */
  readonly handlers: Handlers;
  /** Changes as long as its client reads what it is sent. */
  readonly unsent: number;
  /**
   * How many bytes have been written to it, where it is passed on from elsewhere: nobody knows where
   * a message ends, and nothing can be said in between.
   */
  readonly passedOn?: number | undefined;
  /** Whether its client polls and is between two polls, so that it can be told nothing. */
  readonly isAway: boolean;
  /** Whether something has yet to be sent to its client. */
  readonly hasUnsent: boolean;
  /** Reads no further messages, as the client never pauses. */
  stopReading(): void;
  /** Asks the client to go, behind all that has been sent to it. What it still sends is dropped. */
  close(code: number): void;
  /** Ends it, as its client was told and does not answer. */
  drop(): void;
  /** Ends it without waiting for the client. */
  terminate(): void;
}

/** The message handlers of a client. @internal */
export interface Handlers {
  readonly running: number;
  /** Another number as soon as one more has begun. */
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

/**
 * Closes a websocket. What its client has sent by now, or sends before it hears of it, reaches no
 * handler: its answer could not be sent, and the client sends it again to whom it connects next.
 *
 * @internal
 */
export function closeWebSocket(webSocket: WsWebSocket, code: number): void {
  webSocket.removeAllListeners?.('message');
  webSocket.close(code);
  // The client's own close frame is to be read.
  webSocket.resume?.();
}

/** A path without its query string, which may hold secrets. @internal */
export function pathOf(url: string | undefined): string {
  return url?.split('?', 1)[0] ?? '';
}
