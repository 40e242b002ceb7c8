import type { Clock } from '../shutdown/clock.js';

/**
 * Lets the event loop read what the kernel has received: it polls in one turn, and a request or a
 * handler may begin in the next one.
 *
 * @internal
 */
export async function receiveWaitingBytes(clock: Clock): Promise<void> {
  await clock.turn();
  await clock.turn();
}
