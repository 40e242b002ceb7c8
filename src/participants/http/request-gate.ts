import type { ServerResponse } from 'node:http';
import type { Server } from 'node:net';

import { isHttp1 } from '../../connections/is-http1.js';

/** The events that Node emits for a request. */
const EVENTS: ReadonlySet<string | symbol> = new Set([
  'request',
  'checkContinue',
  'checkExpectation',
]);

/**
 * Keeps requests from all listeners of a server: one more listener could not stop the others.
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
    // A later replacement still calls this one, which then only passes the call on.
    if (server.emit !== gated) return;
    if (own) server.emit = emit as Server['emit'];
    else Reflect.deleteProperty(server, 'emit');
  };
}

/**
 * Mostly nobody reads this response, because the connection ends before it. It is sent because Node
 * stops reading from a client with too many unanswered requests.
 */
function refuse(response: ServerResponse): void {
  response.shouldKeepAlive = false;
  response.writeHead(503);
  response.end();
}
