import { ServerResponse } from 'node:http';

/**
 * Hears of each response of the process before its headers are written.
 *
 * @param changes - called with it; whether its `writeHead` is another one now
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
    // Whoever has replaced it since calls it: then it only passes on.
    if (Reflect.get(prototype, 'writeHead') === replacement) {
      prototype.writeHead = original as ServerResponse['writeHead'];
    }
  };
}
