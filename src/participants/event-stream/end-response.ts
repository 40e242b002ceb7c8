import type { HttpResponse } from '../../connections/open-responses.js';

const EVENT_STREAM = /text\/event-stream/i;
const CONTENT_ENCODING = /^content-encoding:/im;

/**
 * Whether it is an event stream whose client reconnects by itself. A GET that asks for one does; a
 * POST whose answer comes as events would not be sent again.
 *
 * @internal
 */
export function isOfEventSource(response: HttpResponse): boolean {
  const isAskedFor = response.req.method === 'GET' && wantsEventStream(response);
  return isAskedFor && isEventStream(response);
}

function isEventStream(response: HttpResponse): boolean {
  const type = response.getHeader('content-type');
  if (type !== undefined) return EVENT_STREAM.test(String(type));
  return EVENT_STREAM.test(writtenHeader(response));
}

/**
 * Whether compressed bytes are written, of which a line of text would be no part: by the application
 * or by a middleware, which look the same from here.
 */
function isEncoded(response: HttpResponse): boolean {
  return response.hasHeader('content-encoding') || CONTENT_ENCODING.test(writtenHeader(response));
}

/**
 * Headers given to `writeHead()` alone, as by Nest on Fastify, are found nowhere else. Many
 * middlewares rely on `_header` (`on-headers`, `finalhandler`).
 */
function writtenHeader(response: HttpResponse): string {
  const { _header: header } = response as { readonly _header?: unknown };
  return typeof header === 'string' ? header : '';
}

/** Whether the request asks for an event stream, as every `EventSource` does. @internal */
export function wantsEventStream({ req }: HttpResponse): boolean {
  return EVENT_STREAM.test(req.headers.accept ?? '');
}

/**
 * Ends a response in place of its owner. Whatever the owner still writes is dropped.
 *
 * @param retryMs - when the client of an event stream reconnects
 * @internal
 */
export function endResponse(response: HttpResponse, retryMs: number): void {
  // The client of a long poll without an answer asks again. An event stream must not get this: its
  // client would stay away for good.
  if (!response.headersSent) response.statusCode = 204;
  else if (isEventStream(response) && !isEncoded(response))
    write(response, `retry: ${retryMs}\n\n`);
  response.end();
  const self = () => response;
  Object.assign(response, { write: writeNothing, end: self, writeHead: self, setHeader: self });
}

function writeNothing(...args: unknown[]): boolean {
  const done = args.at(-1);
  if (typeof done === 'function') process.nextTick(done);
  return true;
}

function write(response: { write(chunk: string): boolean }, chunk: string): void {
  response.write(chunk);
}
