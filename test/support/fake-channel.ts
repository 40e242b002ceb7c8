import { type FromPrimary, type FromWorker, unwrap, wrap } from '../../src/restart/protocol.js';
import type { WorkerChannel } from '../../src/restart/worker/worker-channel.js';
import type { ListenHandle } from '../../src/sockets/bind.js';

type Listener = (message: unknown, handle?: ListenHandle) => void;

/** A channel whose other end is the test. */
export class FakeChannel implements WorkerChannel {
  isConnected = true;
  /** Whether it keeps the event loop alive. */
  isHeld = false;
  readonly sent: FromWorker[] = [];
  #onMessage: Listener = () => {};
  #onDisconnect = () => {};

  send(message: unknown): void {
    this.sent.push(unwrap(message) as FromWorker);
  }

  onMessage(listener: Listener): void {
    this.#onMessage = listener;
  }

  onDisconnect(listener: () => void): void {
    this.#onDisconnect = listener;
  }

  ref(): void {
    this.isHeld = true;
  }

  unref(): void {
    this.isHeld = false;
  }

  /** The primary says something. */
  receive(message: FromPrimary, handle?: ListenHandle): void {
    this.#onMessage(wrap(message), handle);
  }

  /** The application's parent says something that is not ours. */
  receiveForeign(message: unknown): void {
    this.#onMessage(message);
  }

  /** The primary is gone. */
  disconnect(): void {
    this.isConnected = false;
    this.#onDisconnect();
  }
}
