import type { Errno, ListenHandle, ListenQuery } from '../../sockets/bind.js';
import { type FromPrimary, type FromWorker, unwrap, wrap } from '../protocol.js';
import type { WorkerChannel } from './worker-channel.js';

/** The messages that the primary sends unasked. @internal */
export type FromPrimaryUnasked = Exclude<FromPrimary, { readonly type: 'bound' }>;

/**
 * A worker's link to its primary.
 *
 * @internal
 */
export class PrimaryLink {
  readonly #waiting = new Map<number, (bound: ListenHandle | Errno) => void>();
  #lastId = 0;
  #holds = 0;
  onMessage: (message: FromPrimaryUnasked) => void = () => {};

  constructor(private readonly channel: WorkerChannel) {
    channel.onMessage((received, handle) => {
      const message = unwrap(received) as FromPrimary | undefined;
      if (message === undefined) return;
      if (message.type === 'bound') this.#bound(message.id, message.error ?? handle);
      else this.onMessage(message);
    });
  }

  send(message: FromWorker): void {
    this.channel.send(wrap(message));
  }

  /** Never settles once the primary is gone: this process is about to end. */
  async bind(query: ListenQuery, index: number): Promise<ListenHandle | Errno> {
    const release = this.hold();
    const id = (this.#lastId += 1);
    this.send({ type: 'bind', id, query, index });
    const bound = await new Promise<ListenHandle | Errno>((resolve) =>
      this.#waiting.set(id, resolve),
    );
    release();
    return bound;
  }

  /** Calls back when the primary is gone. */
  onLost(callback: () => void): void {
    this.channel.onDisconnect(callback);
    if (!this.channel.isConnected) callback();
  }

  /**
   * Keeps the event loop alive, as a listening server does.
   *
   * @returns a function that stops it
   */
  hold(): () => void {
    this.#holds += 1;
    if (this.#holds === 1) this.channel.ref();
    let isHeld = true;
    return () => {
      if (!isHeld) return;
      isHeld = false;
      this.#holds -= 1;
      if (this.#holds === 0) this.channel.unref();
    };
  }

  #bound(id: number, bound: ListenHandle | Errno | undefined): void {
    const resolve = this.#waiting.get(id);
    this.#waiting.delete(id);
    if (bound !== undefined) resolve?.(bound);
  }
}
