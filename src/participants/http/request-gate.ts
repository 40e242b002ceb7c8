import type { ServerResponse } from 'node:http';
import type { Server } from 'node:net';

import { isHttp1 } from '../../connections/is-http1.js';

/** What Node emits for a request, by what it expects and who listens. */
const EVENTS: ReadonlySet<string | symbol> = new Set([
  'request',
  'checkContinue',
  'checkExpectation',
]);

/**
 * Keeps requests from all who listen on a server: a listener of ours could not stop the others.
 *
 * @returns a function that stops it
 * @internal
 */
export function gateRequests(
  server: Server,
  admits: (response: ServerResponse) => boolean,
): () => void {
  const emit = Reflect.get(server, 'emit') as (...args: unknown[]) => boolean;
  const own = Object.hasOwn(server, 'emit');
  let isGated = true;
  const gated = (event: string, ...args: unknown[]): boolean => {
    const response = args[1] as ServerResponse;
    if (!isGated || !EVENTS.has(event) || !isHttp1(response) || admits(response)) {
      return emit.call(server, event, ...args);
    }
    refuse(response);
    return true;
  };
  server.emit = gated as Server['emit'];
  return () => {
    isGated = false;
    // Whoever has replaced it since calls it: then it only passes on.
    if (server.emit !== gated) return;
    if (own) server.emit = emit as Server['emit'];
    else Reflect.deleteProperty(server, 'emit');
  };
}

/**
 * Mostly nobody reads this, for the connection ends before it. It is answered all the same: Node stops
 * to read from a client once enough waits for it.
 */
function refuse(response: ServerResponse): void {
  response.shouldKeepAlive = false;
  response.writeHead(503);
  response.end();
}
