import type { Server } from 'node:net';

import type { Clock } from '../shutdown/clock.js';
import { waitingConnections } from './waiting-connections.js';

const QUIET_TURNS = 2;
/** A saturated process never sees its queue empty; from then on nothing more is let in. */
const ADMIT_MS = 1000;
/** The most that wait where the system does not say how many: Node's own `backlog`. */
const MOST_WAITING = 511;

/** @internal */
export interface AcceptQueue {
  /** How many connections have been accepted so far. */
  accepted(): number;
  /** How many wait; undefined where the system does not say. */
  waiting(): number | undefined;
  /** From now on the kernel lets no more wait, or hardly any. */
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
 * Turns the event loop until the kernel hands over no more connections. Those that wait in the
 * accept queue when a listener closes are reset, although their clients were told "connected"; and
 * libuv accepts one connection per server and turn (libuv#3696), however long a turn takes.
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
 * A second `listen()` only changes how many may wait (`listen(2)`; measured on Linux): a client that
 * comes later is not told "connected", asks again, and is refused by the closed port.
 * Node has it on the handle alone, the same from 20 to 24; where it does nothing, latecomers are
 * taken, too.
 */
function shortenBacklog(server: Server): void {
  const handle = Reflect.get(server, '_handle') as { listen?(backlog: number): number } | null;
  handle?.listen?.(0);
}
