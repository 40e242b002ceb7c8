import type { Server } from 'node:net';

import type { Clock } from '../shutdown/clock.js';
import { waitingConnections } from './waiting-connections.js';

const QUIET_TURNS = 2;
/** When to stop admitting connections: a saturated process never sees its queue empty. */
const ADMIT_MS = 1000;
/** The assumed length of the queue if the system does not say: Node's default `backlog`. */
const MOST_WAITING = 511;

/** @internal */
export interface AcceptQueue {
  /** How many connections have been accepted so far. */
  accepted(): number;
  /** How many wait; undefined if the system does not say. */
  waiting(): number | undefined;
  /** Makes the kernel queue no more connections, or hardly any. */
  admitNoMore(): void;
}

/** @internal */
export function acceptQueueOf(server: Server, accepted: () => number): AcceptQueue {
  return {
    accepted,
    waiting: () => waitingConnections(server),
    admitNoMore: () => shortenBacklog(server),
  };
}

/**
 * Turns the event loop until the kernel hands over no more connections. Connections in the accept
 * queue are reset when the listener closes, although their clients see them as connected; and libuv
 * accepts only one connection per server and turn (libuv#3696).
 *
 * @param limitMs - how long it may take
 * @returns whether the queue was seen empty
 * @internal
 */
export async function emptyAcceptQueue(
  queue: AcceptQueue,
  limitMs: number,
  clock: Clock,
): Promise<boolean> {
  const begin = clock.now();
  let before = queue.accepted();
  let goal = Infinity;
  for (let quiet = 0; quiet < QUIET_TURNS;) {
    await clock.turn();
    const accepted = queue.accepted();
    quiet = accepted === before ? quiet + 1 : 0;
    before = accepted;
    const tookMs = clock.now() - begin;
    if (tookMs >= limitMs || accepted >= goal) return false;
    if (tookMs < ADMIT_MS || goal < Infinity) continue;
    queue.admitNoMore();
    goal = accepted + (queue.waiting() ?? MOST_WAITING);
  }
  return true;
}

/**
 * A second `listen()` only changes the length of the queue (`listen(2)`; measured on Linux). A
 * later client is not connected, tries again, and is refused by the closed port. Node has it only
 * on the handle, the same from 20 to 24. If it has no effect, late connections are accepted, too.
 */
function shortenBacklog(server: Server): void {
  const handle = Reflect.get(server, '_handle') as { listen?(backlog: number): number } | null;
  handle?.listen?.(0);
}
