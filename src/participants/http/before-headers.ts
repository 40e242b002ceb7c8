import { ServerResponse } from 'node:http';

/**
 * Calls back for each response of the process before its headers are written.
 *
 * @param changes - called with the response; returns whether it has replaced `writeHead`
 * @returns a function that stops it
 * @internal
 */
export function beforeHeaders(changes: (response: ServerResponse) => boolean): () => void {
  const { prototype } = ServerResponse;
  const original = Reflect.get(prototype, 'writeHead') as (...args: unknown[]) => ServerResponse;
  let isOver = false;
  const replacement = function (this: ServerResponse, ...args: unknown[]): ServerResponse {
    if (!isOver && changes(this)) {
      return Reflect.apply(Reflect.get(this, 'writeHead') as typeof original, this, args);
    }
    return original.apply(this, args);
  };
  prototype.writeHead = replacement as ServerResponse['writeHead'];
  return () => {
    isOver = true;
    // A later replacement still calls this one, which then only passes the call on.
    if (Reflect.get(prototype, 'writeHead') === replacement) {
      prototype.writeHead = original as ServerResponse['writeHead'];
    }
  };
}
