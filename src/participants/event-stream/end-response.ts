import type { HttpResponse } from '../../connections/open-responses.js';

const EVENT_STREAM = /text\/event-stream/i;

/**
 * Whether it is an event stream whose client comes back by itself. That is what a GET which asks for
 * one says; a POST whose answer comes as events would not be sent again.
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
  // Headers that are given to `writeHead()` alone, as Nest does on Fastify, are found in no other
  // place; many middlewares rely on it being there (`on-headers`, `finalhandler`).
  const { _header: header } = response as { readonly _header?: unknown };
  return typeof header === 'string' && EVENT_STREAM.test(header);
}

/** Whether the request asks for an event stream, as every `EventSource` does. @internal */
export function wantsEventStream({ req }: HttpResponse): boolean {
  return EVENT_STREAM.test(req.headers.accept ?? '');
}

/**
 * Ends a response in the place of its owner, who may go on writing: into nothing.
 *
 * @param retryMs - after how long the client of an event stream is to come back
 * @internal
 */
export function endResponse(response: HttpResponse, retryMs: number): void {
  // Nothing came in time: the client of a long poll asks again. Never so for an event stream, whose
  // client would stay away for good.
  if (!response.headersSent) response.statusCode = 204;
  else if (isEventStream(response)) write(response, `retry: ${retryMs}\n\n`);
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
