import type { Server } from 'node:net';

import type { Clock } from '../../shutdown/clock.js';

/** After a pause that long a connection is the first of its burst. */
const BURST_ENDS_MS = 50;
/** Busy workers share connections by being busy; this is for idle ones. */
const MOST_IN_BURST = 100;
/** Enough for the others to get the processor: with 0.5 ms, each of four gets 8 to 13 of 40. */
const PAUSE_MS = 0.5;

/**
 * Spreads connections that come together over the workers. All accept from one socket, and the
 * running one would take them all before the others wake up. So each yields the processor for a
 * moment after accepting, as libuv did for shared sockets until 1.46 (`UV_TCP_SINGLE_ACCEPT`).
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

/** Node has no `sched_yield`, and a worker that returned to its loop would accept the next one. */
function sleepBlocking(ms: number): void {
  Atomics.wait(sleeper, 0, 0, ms);
}
