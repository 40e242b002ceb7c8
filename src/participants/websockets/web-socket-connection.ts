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
  /** Whether its client polls and is between two polls, so that it can be told nothing. */
  readonly isAway: boolean;
  /** Whether something has yet to be sent to its client. */
  readonly hasUnsent: boolean;
  /** Asks the client to go, behind all that has been sent to it. */
  close(code: number): void;
  /** Ends it, as its client was told and does not answer. */
  drop(): void;
  /** Ends it without waiting for the client. */
  terminate(): void;
}

/** How many message handlers run for a client. @internal */
export type HandlersOf = (client: object) => number;

/** A path without its query string, which may hold secrets. @internal */
export function pathOf(url: string | undefined): string {
  return url?.split('?', 1)[0] ?? '';
}
