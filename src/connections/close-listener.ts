import { Server } from 'node:net';

interface Handle {
  close(closed?: () => void): void;
  getsockname?: ((out: object) => number) | undefined;
}

/** Stands in for the socket of a server that accepts no more connections. */
class ClosedHandle implements Handle {
  readonly #name = {};
  readonly getsockname: Handle['getsockname'];

  constructor(handle: Handle) {
    // A Unix socket has none, and Node asks whether it exists.
    if (handle.getsockname === undefined) return;
    const errno = handle.getsockname(this.#name);
    this.getsockname = (out) => {
      Object.assign(out, this.#name);
      return errno;
    };
  }

  close(closed?: () => void): void {
    closed?.();
  }

  ref(): void {}

  unref(): void {}
}

/**
 * Closes the socket that a server listens on, and nothing else: to its owner it stays open.
 *
 * `server.close()` would have the owner's own fail later on (Nest's recipe for several servers
 * rejects then) and emit `close` twice. That of HTTP would also destroy a connection whose response
 * is not flushed yet, because it counts it as idle once `end()` was called, and stop the checks of
 * `headersTimeout`. That of HTTP/2 closes sessions, on Node 24, that still have requests to come.
 *
 * @internal
 */
export function closeListener(server: Server): void {
  const handle: unknown = Reflect.get(server, '_handle');
  if (handle instanceof ClosedHandle || !server.listening) return;
  // The name is Node's, the same from 20 to 24.
  if (isHandle(handle) && Reflect.set(server, '_handle', new ClosedHandle(handle))) handle.close();
  else Server.prototype.close.call(server);
}

function isHandle(handle: unknown): handle is Handle {
  return typeof (handle as Partial<Handle> | undefined)?.close === 'function';
}
