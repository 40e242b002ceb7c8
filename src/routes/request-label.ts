import type { ServerResponse } from 'node:http';
import type { Http2ServerResponse } from 'node:http2';

import { plain } from '../shutdown/plain-text.js';
import { handlerName, nameOfRequest } from './handler-name.js';

/** Finds the name of a handler that the request does not reveal. @internal */
export type NameOfRoute = (method: string, path: string) => string | undefined;

interface ExpressRequest {
  readonly method?: string | undefined;
  readonly url?: string | undefined;
  readonly route?: { readonly path?: unknown; readonly stack?: readonly { handle?: unknown }[] };
  readonly originalUrl?: string;
}

const LONGEST_PATH = 80;
/** HTTP/2 lets a client write any. */
const LONGEST_METHOD = 20;

/**
 * The name of a request in the log: `GET OrdersController.create`, or `GET /orders` until it
 * reaches its handler. Never with a query string.
 *
 * @internal
 */
export function requestLabel(
  response: ServerResponse | Http2ServerResponse,
  nameOfRoute?: NameOfRoute,
): string {
  const { method = '' } = response.req;
  return `${plain(method, LONGEST_METHOD)} ${routeName(response, nameOfRoute) ?? plain(pathOf(response.req), LONGEST_PATH)}`;
}

/** The name of the handler that a request has reached. @internal */
export function routeName(
  response: ServerResponse | Http2ServerResponse,
  nameOfRoute?: NameOfRoute,
): string | undefined {
  const request: ExpressRequest = response.req;
  return (
    nameOfRequest(request) ??
    handlerName(request.route?.stack?.at(-1)?.handle) ??
    nameOfRoute?.(request.method ?? '', pathOf(request))
  );
}

function pathOf({ originalUrl, url = '' }: ExpressRequest): string {
  const [withoutQuery = ''] = (originalUrl ?? url).split(/[?#]/, 1);
  return withoutQuery;
}
