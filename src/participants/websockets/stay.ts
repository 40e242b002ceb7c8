import type { Clock } from '../../shutdown/clock.js';
import type { WebSocketConnection } from './web-socket-connection.js';

/** How long a client may go on that never pauses between messages. */
const STREAM_MS = 1000;
/** The length of a pause in a proxied stream, and how long to wait for one. */
const PAUSE_MS = 200;
const NO_PAUSE_MS = 2000;
/** How long a connection without a running handler may make no progress. */
const STALLED_MS = 1000;

/**
 * Decides how long a leaving connection is waited for: until its handlers have ended and its client
 * has read everything. A client that never pauses or never reads cannot hold it.
 *
 * @internal
 */
export class Stay {
  readonly #since: number;
  readonly #begunBefore: number;
  #isMuted = false;
  #unsent = -1;
  #movedAt: number;
  #passedOn = -1;
  #passedAt = 0;

  constructor(
    private readonly connection: WebSocketConnection,
    private readonly clock: Clock,
  ) {
    this.#since = clock.now();
    this.#movedAt = this.#since;
    this.#begunBefore = connection.handlers.begun;
  }

  /** To be polled. @returns whether to wait for it */
  isHeld(): boolean {
    const { isBusy, handlers, passedOn } = this.connection;
    if (passedOn !== undefined) return this.#isPassing(passedOn);
    if (!isBusy) return false;
    // While earlier handlers run, messages are still read: a handler may wait for its client's
    // answer.
    const isStream = handlers.begun !== this.#begunBefore;
    if (isStream && this.clock.now() - this.#since >= STREAM_MS) this.#mute();
    return handlers.running > 0 || !this.isStalled();
  }

  /** Whether its client has read everything, or nothing for a while. */
  isStalled(): boolean {
    const now = this.clock.now();
    const { unsent } = this.connection;
    if (unsent !== this.#unsent) this.#movedAt = now;
    this.#unsent = unsent;
    return now - this.#movedAt >= STALLED_MS;
  }

  #isPassing(passedOn: number): boolean {
    const now = this.clock.now();
    if (passedOn !== this.#passedOn) this.#passedAt = now;
    this.#passedOn = passedOn;
    return now - this.#passedAt < PAUSE_MS && now - this.#since < NO_PAUSE_MS;
  }

  #mute(): void {
    if (this.#isMuted) return;
    this.#isMuted = true;
    this.connection.stopReading();
  }
}
