import type { IncomingMessage, ServerResponse } from 'node:http';

import { handlerName } from './handler-name.js';
import { fastifyHandlerName } from './fastify.js';

interface ExpressRequest extends IncomingMessage {
  readonly route?: { readonly path?: unknown; readonly stack?: readonly { handle?: unknown }[] };
  readonly originalUrl?: string;
}

const LONGEST_PATH = 80;

/**
 * A request as the log names it: `GET OrdersController.create`, or `GET /orders` while it has not
 * reached its handler. Never with a query string.
 *
 * @internal
 */
export function requestLabel(response: ServerResponse): string {
  const request = response.req as ExpressRequest;
  const name = fastifyHandlerName(request) ?? handlerName(request.route?.stack?.at(-1)?.handle);
  return `${request.method} ${name ?? path(request)}`;
}

function path(request: ExpressRequest): string {
  const url = request.originalUrl ?? request.url ?? '';
  const [withoutQuery = ''] = url.split(/[?#]/, 1);
  return withoutQuery.length > LONGEST_PATH
    ? `${withoutQuery.slice(0, LONGEST_PATH)}…`
    : withoutQuery;
}
