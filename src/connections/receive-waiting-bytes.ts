import type { Clock } from '../shutdown/clock.js';

/**
 * Lets the event loop read what the kernel has received: it polls in one turn, and what it has read
 * then may begin a request, or the handler of a message, in the next one.
 *
 * @internal
 */
export async function receiveWaitingBytes(clock: Clock): Promise<void> {
  await clock.turn();
  await clock.turn();
}
