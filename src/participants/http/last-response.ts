import type { ServerResponse } from 'node:http';

/**
 * Lets a response say `Connection: close` if, when its headers are written, that loses nothing.
 * Decided that late, because a pipelined request may come in the meantime, and Node drops what
 * comes behind a response that ends the connection.
 *
 * @internal
 */
export function sayCloseIf(response: ServerResponse, mayClose: () => boolean): void {
  const writeHead = response.writeHead.bind(response) as (...args: unknown[]) => ServerResponse;
  response.writeHead = (...args: unknown[]) => {
    if (mayClose() && isBodyRead(response)) response.shouldKeepAlive = false;
    return writeHead(...args);
  };
}

/**
 * Whether all of the request has been read. Closing over the rest of an upload resets the
 * connection, and the reset erases the response on its way to the client (RFC 9112 section 9.6).
 */
function isBodyRead({ req }: ServerResponse): boolean {
  if (req.complete) return true;
  const { 'content-length': length, 'transfer-encoding': encoding } = req.headers;
  return encoding === undefined && (length === undefined || length === '0');
}
