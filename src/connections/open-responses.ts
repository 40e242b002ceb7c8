import type { ServerResponse } from 'node:http';
import type { Http2ServerResponse } from 'node:http2';

/** A response, of whichever version of the protocol. @internal */
export type HttpResponse = ServerResponse | Http2ServerResponse;

/**
 * The responses of one kind of server that are not complete, for those who end some of them.
 *
 * @internal
 */
export interface OpenResponses {
  openResponses(): readonly HttpResponse[];
  /** Once it is complete, its client must not come back over the same connection. */
  endConnectionAfter(response: HttpResponse): void;
  /** Nobody waits for it any more: it is cut when everything else has finished. */
  release(response: HttpResponse): void;
}
