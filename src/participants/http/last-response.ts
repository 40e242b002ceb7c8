import type { ServerResponse } from 'node:http';

/**
 * Has a response say `Connection: close` if that loses nothing. To be called when its headers are
 * written, because a pipelined request may arrive until then, and Node drops what comes behind a
 * response that ends the connection.
 *
 * @param args - those of `writeHead`
 * @returns the arguments to go on with
 * @internal
 */
export function sayClose(response: ServerResponse, args: unknown[]): unknown[] {
  if (!isBodyRead(response)) return args;
  response.shouldKeepAlive = false;
  // Node ignores it if the application sets the header itself (Nest's event streams do).
  if (response.hasHeader('connection')) response.setHeader('connection', 'close');
  return args.map(overrule);
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

/** An argument of `writeHead`; if it is headers, those with a `Connection: close`. */
function overrule(argument: unknown): unknown {
  if (typeof argument !== 'object' || argument === null) return argument;
  if (!Array.isArray(argument)) {
    if (!Object.keys(argument).some(isConnection)) return argument;
    return Object.fromEntries(Object.entries(argument).map(overruleEntry));
  }
  if (Array.isArray(argument[0])) {
    return (argument as [string, unknown][]).map(overruleEntry);
  }
  return argument.map((value: unknown, i) =>
    isConnection(argument[i - 1]) && i % 2 ? 'close' : value,
  );
}

function overruleEntry([name, value]: [string, unknown]): [string, unknown] {
  return [name, isConnection(name) ? 'close' : value];
}

function isConnection(name: unknown): boolean {
  return typeof name === 'string' && name.toLowerCase() === 'connection';
}
