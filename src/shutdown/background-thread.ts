import { readdirSync } from 'node:fs';
import { constants, setPriority } from 'node:os';

const OWN_THREADS = '/proc/self/task';

/**
 * Starts a thread that gives way to the others while processors are short: the requests of the
 * application come first. Only Linux can: there, a priority belongs to a thread (`setpriority(2)`).
 * Elsewhere it is a thread like any other.
 *
 * @internal
 */
export function inBackground<Thread>(start: () => Thread): Thread {
  const before = new Set(ownThreads());
  const thread = start();
  const added = ownThreads().filter((id) => !before.has(id));
  // Other code may have started one meanwhile, in a thread of its own.
  if (added.length === 1) giveWay(Number(added[0]));
  return thread;
}

function ownThreads(): string[] {
  try {
    return readdirSync(OWN_THREADS);
  } catch {
    return [];
  }
}

function giveWay(thread: number): void {
  try {
    setPriority(thread, constants.priority.PRIORITY_BELOW_NORMAL);
  } catch {
    // The whole process has a lower one already.
  }
}
