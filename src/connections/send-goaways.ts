import type { ServerHttp2Session } from 'node:http2';

import type { Clock } from '../shutdown/clock.js';

const NO_ERROR = 0;
/** The last stream of the first GOAWAY, which refuses nothing that has been read by now. */
const EVERY_STREAM = 2 ** 31 - 1;

/**
 * Tells the client of a session to go elsewhere. The last GOAWAY names the last request that is
 * answered, so the client may send those after it again, whatever their method.
 *
 * Node notes the last stream, sends the GOAWAY a turn of the loop later, and resets the requests
 * that it read in between, although their handlers run. Once a GOAWAY is sent, nghttp2 begins no
 * further request, whatever the frame says. So the first one refuses nothing, and the second one,
 * with nothing in between, names the true last stream.
 *
 * @internal
 */
export async function sendGoaways(session: ServerHttp2Session, clock: Clock): Promise<void> {
  if (session.destroyed) return;
  session.goaway(NO_ERROR, EVERY_STREAM);
  await clock.turn();
  if (session.closed || session.destroyed) return;
  // It waits behind data that the client does not read. Closing the session sends the second one,
  // too.
  if ((session.state.outboundQueueSize ?? 0) > 0) return;
  session.goaway();
}
