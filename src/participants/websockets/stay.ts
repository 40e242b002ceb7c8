import type { Clock } from '../../shutdown/clock.js';
import type { WebSocketConnection } from './web-socket-connection.js';

/** How long a client is listened to that sends one message after the other. */
const STREAM_MS = 1000;
/** How long a pause is, and how long one is waited for, in what is passed on from elsewhere. */
const PAUSE_MS = 200;
const NO_PAUSE_MS = 2000;
/** How long nothing may move on a connection that no handler works for. */
const STALLED_MS = 1000;

/**
 * What a connection is waited for, from when it is to leave: handlers that have begun, and what its
 * client has yet to read. Neither a client that never pauses nor one that never reads can hold it.
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

  /** Look again and again. @returns whether it is to be waited for */
  isHeld(): boolean {
    const { isBusy, handlers, passedOn } = this.connection;
    if (passedOn !== undefined) return this.#isPassing(passedOn);
    if (!isBusy) return false;
    // Handlers from before are waited for with both ears: they may wait for their client's answer.
    const isStream = handlers.begun !== this.#begunBefore;
    if (isStream && this.clock.now() - this.#since >= STREAM_MS) this.#mute();
    return handlers.running > 0 || !this.isStalled();
  }

  /** Whether its client has not read anything for a while, or all there is. */
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
