import type { Clock } from '../shutdown/clock.js';

const QUIET_TURNS = 2;
/** A saturated process never sees an empty queue; it must leave all the same. */
const LONGEST_MS = 1000;

/**
 * Turns the event loop until the kernel hands over no more connections. Those that wait in the
 * accept queue when a listener closes are reset, although their clients were told "connected"; and
 * libuv accepts one connection per server and turn (libuv#3696).
 *
 * @param accepted - how many connections have been accepted so far
 * @internal
 */
export async function emptyAcceptQueue(accepted: () => number, clock: Clock): Promise<void> {
  const end = clock.now() + LONGEST_MS;
  let before = accepted();
  for (let quiet = 0; quiet < QUIET_TURNS && clock.now() < end;) {
    await clock.turn();
    quiet = accepted() === before ? quiet + 1 : 0;
    before = accepted();
  }
}
