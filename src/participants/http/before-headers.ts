import { ServerResponse } from 'node:http';

type WriteHead = (this: ServerResponse, ...args: unknown[]) => ServerResponse;

/**
 * Looks at a response before its headers are written.
 *
 * @param args - those of `writeHead`
 * @returns the arguments to go on with
 * @internal
 */
export type BeforeHeaders = (response: ServerResponse, args: unknown[]) => unknown[];

const looks = new Set<BeforeHeaders>();
let unpatch: (() => void) | undefined;

/**
 * Looks at each response of the process before its headers are written. The prototype is changed,
 * not each response: V8 would compile all code that handles responses again for their new shape,
 * which took a third more processor time. It is changed once for all applications of the process,
 * which leave in any order.
 *
 * @returns a function that stops it; the prototype is as before once nobody looks
 * @internal
 */
export function beforeHeaders(look: BeforeHeaders): () => void {
  looks.add(look);
  unpatch ??= patch();
  return () => {
    looks.delete(look);
    if (looks.size > 0) return;
    unpatch?.();
    unpatch = undefined;
  };
}

function patch(): () => void {
  const { prototype } = ServerResponse;
  const original = Reflect.get(prototype, 'writeHead') as WriteHead;
  let isOver = false;
  const replacement: WriteHead = function (...args) {
    if (isOver) return original.apply(this, args);
    let changed: unknown[] = args;
    for (const look of looks) changed = look(this, changed);
    return original.apply(this, changed);
  };
  prototype.writeHead = replacement;
  return () => {
    isOver = true;
    // A later replacement still calls this one, which then only passes the call on.
    if (Reflect.get(prototype, 'writeHead') === replacement) prototype.writeHead = original;
  };
}

/**
 * The same for a response whose own `writeHead` (that of the package `on-headers`, for one) may
 * have been made before the prototype was changed.
 *
 * @internal
 */
export function beforeOwnHeaders(response: ServerResponse, look: BeforeHeaders): void {
  if (response.headersSent || !Object.hasOwn(response, 'writeHead')) return;
  const own = Reflect.get(response, 'writeHead') as WriteHead;
  response.writeHead = function (this: ServerResponse, ...args: unknown[]) {
    return own.apply(this, look(this, args));
  };
}
