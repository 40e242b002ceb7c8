import type { ListenHandle } from '../../sockets/bind.js';

/**
 * The IPC channel of a worker. Injected, so that a test forks nothing.
 *
 * @internal
 */
export interface WorkerChannel {
  readonly isConnected: boolean;
  send(message: unknown): void;
  onMessage(listener: (message: unknown, handle?: ListenHandle) => void): void;
  onDisconnect(listener: () => void): void;
  /** Keeps the event loop alive, until `unref()`. */
  ref(): void;
  unref(): void;
}

const LONGEST_MS = 2 ** 31 - 1;
let held: NodeJS.Timeout | undefined;

/** That of this process. @internal */
export const processChannel: WorkerChannel = {
  get isConnected() {
    return process.connected ?? false;
  },
  send: (message) => {
    // With a callback: an error would be an event of `process`, and end it.
    if (process.connected) process.send!(message, undefined, undefined, () => {});
  },
  onMessage: (listener) => {
    process.on('message', (message, handle) =>
      listener(message, handle as unknown as ListenHandle),
    );
    // A listener holds the channel, and with it the process, unless told otherwise.
    process.channel?.unref();
  },
  onDisconnect: (listener) => void process.on('disconnect', listener),
  // By something of our own: the application, too, may say whether the channel counts.
  ref: () => void (held ??= setInterval(() => {}, LONGEST_MS)),
  unref: () => {
    clearInterval(held);
    held = undefined;
  },
};
