import type { EventEmitter } from 'node:events';

import { contained } from './contained.js';

type Listener = (...args: any[]) => void;

/** Listeners that take the event only to refuse it. */
const refusing = new WeakSet<object>();
const followed = new WeakMap<EventEmitter, FollowedEvents>();

/**
 * Follows an event ahead of the application's listeners, and only while there are any. Without a
 * listener, Node itself serves an upgrade as a request, says `100 Continue`, and refuses a tunnel;
 * a lone listener of ours would prevent that.
 *
 * @returns a function that stops it
 * @internal
 */
export function followEvent(server: EventEmitter, event: string, listener: Listener): () => void {
  const events = followed.get(server) ?? new FollowedEvents(server);
  followed.set(server, events);
  const heard = contained(listener);
  events.add(event, heard);
  return () => {
    events.remove(event, heard);
    if (events.isEmpty) followed.delete(server);
  };
}

/** Marks a listener as one that does not take the event. @internal */
export function refuses<Refuse extends Listener>(listener: Refuse): Refuse {
  refusing.add(listener);
  return listener;
}

/** One pair of listeners for all events of a server, because Node warns of more than ten. */
class FollowedEvents {
  readonly #following = new Map<string, Set<Listener>>();

  constructor(private readonly server: EventEmitter) {
    server.on('newListener', this.#onAdded);
    server.on('removeListener', this.#onRemoved);
  }

  get isEmpty(): boolean {
    return this.#following.size === 0;
  }

  add(event: string, heard: Listener): void {
    const following = this.#following.get(event) ?? new Set();
    this.#following.set(event, following.add(heard));
    if (this.#isTaken(event)) this.server.prependListener(event, heard);
  }

  remove(event: string, heard: Listener): void {
    this.server.off(event, heard);
    const following = this.#following.get(event);
    following?.delete(heard);
    if (following?.size === 0) this.#following.delete(event);
    if (!this.isEmpty) return;
    this.server.off('newListener', this.#onAdded);
    this.server.off('removeListener', this.#onRemoved);
  }

  readonly #onAdded = (event: string, added: Listener): void => {
    if (!this.#takes(event, added) || this.#isTaken(event)) return;
    const present = this.server.listeners(event);
    for (const heard of this.#following.get(event) ?? []) {
      if (!present.includes(heard)) this.server.prependListener(event, heard);
    }
  };

  /** Deferred, because `removeAllListeners()` iterates over the list that this shortens. */
  readonly #onRemoved = (event: string): void => {
    if (this.#following.has(event)) process.nextTick(() => this.#leaveAlone(event));
  };

  #leaveAlone(event: string): void {
    if (this.#isTaken(event)) return;
    for (const heard of this.#following.get(event) ?? []) this.server.off(event, heard);
  }

  #isTaken(event: string): boolean {
    return this.server.listeners(event).some((listener) => this.#takes(event, listener));
  }

  #takes(event: string, listener: object): boolean {
    return (
      !refusing.has(listener) && this.#following.get(event)?.has(listener as Listener) === false
    );
  }
}
