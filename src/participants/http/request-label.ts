import type { IncomingMessage, ServerResponse } from 'node:http';

import { handlerName } from './handler-name.js';

/** Finds the name of a handler where the request does not know it. @internal */
export type NameOfRoute = (method: string, path: string) => string | undefined;

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
export function requestLabel(response: ServerResponse, nameOfRoute?: NameOfRoute): string {
  const request = response.req as ExpressRequest;
  const { method = '' } = request;
  const path = pathOf(request);
  const name = handlerName(request.route?.stack?.at(-1)?.handle) ?? nameOfRoute?.(method, path);
  return `${method} ${name ?? shorten(path)}`;
}

function pathOf({ originalUrl, url = '' }: ExpressRequest): string {
  const [withoutQuery = ''] = (originalUrl ?? url).split(/[?#]/, 1);
  return withoutQuery;
}

function shorten(path: string): string {
  return path.length > LONGEST_PATH ? `${path.slice(0, LONGEST_PATH)}…` : path;
}
