import { bind } from '../sockets/bind.js';
import { redirectListen } from '../sockets/redirect-listen.js';
import { describeSocket, type InheritedSockets } from './inherited-sockets.js';
import type { Supervisor } from './supervisor.js';

/** `main.ts` may start another server after Nest's. */
const LAST_LISTEN_MS = 1000;

/**
 * Gives servers of this process the sockets it was started with: `app.listen(3000)` takes the one
 * that systemd holds for port 3000. Everything else is bound as usual.
 *
 * @internal
 */
export class SocketActivation implements Supervisor {
  readonly #restore: () => void;
  #timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly sockets: InheritedSockets,
    private readonly warn: (message: string) => void,
  ) {
    this.#restore = redirectListen((query) => Promise.resolve(sockets.take(query) ?? bind(query)));
  }

  started(): void {
    this.#timer = setTimeout(() => warnOfUnused(this.sockets, this.warn), LAST_LISTEN_MS).unref();
  }

  closed(): void {
    clearTimeout(this.#timer);
    this.#restore();
  }
}

/** @internal */
export function warnOfUnused(sockets: InheritedSockets, warn: (message: string) => void): void {
  const { unused } = sockets;
  if (unused.length === 0) return;
  warn(
    `The service manager passed ${unused.map(describeSocket).join(', ')}, but no server listens on it: ` +
      'clients that connect there get no answer. Listen on the same address and port, or remove it ' +
      'from the socket unit.',
  );
}
