import type { Server } from 'node:net';

import type { Clock } from '../../shutdown/clock.js';

/** After a pause that long a connection is the first of its burst. */
const BURST_ENDS_MS = 50;
/** Busy workers share what comes by being busy: this is for the beginning. */
const MOST_IN_BURST = 100;
/** Enough for the others to be given the processor: with 0.5 ms, 8 to 13 of 40 for each of four. */
const PAUSE_MS = 0.5;

/**
 * Spreads connections that come at once over the workers. They all accept from one socket, and
 * whoever has the processor would take one after the other before the others have woken up. So each
 * lets go of the processor for a moment after it has accepted, as libuv did for processes that share
 * a socket, until 1.46 (`UV_TCP_SINGLE_ACCEPT`).
 *
 * @internal
 */
export class FairAccept {
  readonly #onConnection = () => this.#accepted();
  #inBurst = 0;
  #lastAt = -Infinity;

  constructor(
    private readonly clock: Pick<Clock, 'now'>,
    private readonly pause: (ms: number) => void = sleepBlocking,
  ) {}

  add(server: Server): void {
    if (!server.listeners('connection').includes(this.#onConnection)) {
      server.on('connection', this.#onConnection);
    }
  }

  #accepted(): void {
    const at = this.clock.now();
    if (at - this.#lastAt > BURST_ENDS_MS) this.#inBurst = 0;
    this.#lastAt = at;
    this.#inBurst += 1;
    if (this.#inBurst > MOST_IN_BURST) return;
    this.pause(PAUSE_MS);
  }
}

const sleeper = new Int32Array(new SharedArrayBuffer(4));

/** Node has no `sched_yield`; and a worker that goes on with its loop would accept the next one. */
function sleepBlocking(ms: number): void {
  Atomics.wait(sleeper, 0, 0, ms);
}
