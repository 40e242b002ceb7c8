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

/** The channel of this process. @internal */
export const processChannel: WorkerChannel = {
  get isConnected() {
    return process.connected ?? false;
  },
  send: (message) => {
    // Without a callback, an error would be emitted on `process`, and end it.
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
  // A separate handle, because the application may ref or unref the channel itself.
  ref: () => void (held ??= setInterval(() => {}, LONGEST_MS)),
  unref: () => {
    clearInterval(held);
    held = undefined;
  },
};
