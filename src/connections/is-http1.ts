import { ServerResponse } from 'node:http';

import type { HttpResponse } from './open-responses.js';

/**
 * Told by its class: the version that a request line states is the client's word, and an HTTP/1
 * request may say `HTTP/2.0`.
 *
 * @internal
 */
export function isHttp1(response: HttpResponse): response is ServerResponse {
  return response instanceof ServerResponse;
}
