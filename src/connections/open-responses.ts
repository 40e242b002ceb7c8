import type { ServerResponse } from 'node:http';
import type { Http2ServerResponse } from 'node:http2';

/** A response of any version of the protocol. @internal */
export type HttpResponse = ServerResponse | Http2ServerResponse;

/**
 * The incomplete responses of one kind of server, for code that ends some of them.
 *
 * @internal
 */
export interface OpenResponses {
  openResponses(): readonly HttpResponse[];
  /** Ends the connection after this response. */
  endConnectionAfter(response: HttpResponse): void;
  /** Stops waiting for it: it is cut when everything else has finished. */
  release(response: HttpResponse): void;
}
