import type { Http2ServerResponse, Http2Session, Http2Stream } from 'node:http2';

interface SessionState {
  /** A map of Node's internals, which is no `Map` to `instanceof`. */
  readonly streams?: Partial<ReadonlyMap<number, Http2Stream>>;
}

/**
 * The open streams of an HTTP/2 session, including those without a `request` event: pushes, CONNECT
 * and `Expect`. Node keeps them under an unpublished symbol, the same from 20 to 24.
 *
 * @returns undefined where they are not found
 * @internal
 */
export function openStreams(session: Http2Session): readonly Http2Stream[] | undefined {
  const key = Object.getOwnPropertySymbols(session).find(
    ({ description }) => description === 'state',
  );
  const { streams } = ((key && Reflect.get(session, key)) ?? {}) as SessionState;
  if (typeof streams?.values !== 'function') return undefined;
  return [...streams.values()].filter(({ closed }) => !closed);
}

/**
 * The response that a server made for a stream. A push has none, nor a stream that the application
 * took itself. Node keeps it under an unpublished symbol, too.
 *
 * @internal
 */
export function responseOf(stream: Http2Stream): Http2ServerResponse | undefined {
  const key = Object.getOwnPropertySymbols(stream).find(
    ({ description }) => description === 'response',
  );
  return key && (Reflect.get(stream, key) as Http2ServerResponse | undefined);
}

/**
 * Ends a stream that the application writes to, so that its client sees it as broken. `close()`
 * alone ends a push as if it were complete: its last frame goes before the reset (measured on Node
 * 20 and 24).
 *
 * @internal
 */
export function resetStream(stream: Http2Stream, code: number): void {
  // The application may not listen, and an unheard error would end the process.
  stream.on('error', () => {});
  const key = Object.getOwnPropertySymbols(stream).find(
    ({ description }) => description === 'kHandle',
  );
  const handle =
    key && (Reflect.get(stream, key) as { rstStream?(code: number): void } | undefined);
  handle?.rstStream?.(code);
  stream.close(code);
}
