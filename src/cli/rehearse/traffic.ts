import { setTimeout as sleep } from 'node:timers/promises';

import type { Client, Surroundings } from './clients/client.js';
import { eventStream } from './clients/event-stream.js';
import { fresh } from './clients/fresh.js';
import { halfHeader, silent } from './clients/idle.js';
import { keepAlive, mostlyIdle } from './clients/keep-alive.js';
import { slowReader } from './clients/slow-reader.js';
import { unanswered } from './clients/unanswered.js';
import { upload } from './clients/upload.js';
import { webSocket } from './clients/web-socket.js';
import type { Targets } from './target.js';

/** @internal */
export interface LoadOptions {
  /** The number of clients. */
  readonly clients: number;
  /** The maximum of requests a second, of all clients together. */
  readonly rate: number;
}

const FRESH_SHARE = 0.3;
const SLOW_SHARE = 0.1;
const IDLE_SHARE = 0.1;

/** Runs all clients. Resolves when the last one has ended. @internal */
export async function runTraffic(
  targets: Targets,
  { clients, rate }: LoadOptions,
  surroundings: Omit<Surroundings, 'restMs'>,
): Promise<void> {
  const restMs = (clients / rate) * 1000;
  const all = [
    ...mix(targets, clients),
    ...targets.unanswered.map(unanswered),
    ...targets.uploads.flatMap((target) => [upload(target), upload(target)]),
    ...targets.webSockets.flatMap((target) => [webSocket(target), webSocket(target)]),
    ...targets.eventStreams.flatMap((target) => [eventStream(target), eventStream(target)]),
  ];
  // Staggered, so that some are in the middle of a request at any time.
  const begin = async (client: Client, n: number) => {
    await sleep((restMs * n) / all.length);
    await client({ ...surroundings, restMs });
  };
  await Promise.all(all.map(begin));
}

function mix({ gets }: Targets, clients: number): Client[] {
  const mutes = [silent(), halfHeader()];
  if (gets.length === 0) return mutes;
  const fresher = share(clients, FRESH_SHARE);
  const slow = share(clients, SLOW_SHARE);
  const idle = share(clients, IDLE_SHARE);
  const kept = Math.max(1, clients - fresher - slow - idle);
  return [
    ...times(kept, (n) => keepAlive(gets, n)),
    ...times(fresher, (n) => fresh(gets, n)),
    ...times(slow, (n) => slowReader(gets, n)),
    ...times(idle, (n) => mostlyIdle(gets, n)),
    ...mutes,
  ];
}

function share(clients: number, part: number): number {
  return Math.max(1, Math.round(clients * part));
}

function times(count: number, make: (n: number) => Client): Client[] {
  return Array.from({ length: count }, (_, n) => make(n));
}
