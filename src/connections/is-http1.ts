import { ServerResponse } from 'node:http';

import type { HttpResponse } from './open-responses.js';

/**
 * Decided by class: the version in a request line is the client's claim, and an HTTP/1 request may
 * say `HTTP/2.0`.
 *
 * @internal
 */
export function isHttp1(response: HttpResponse): response is ServerResponse {
  return response instanceof ServerResponse;
}
