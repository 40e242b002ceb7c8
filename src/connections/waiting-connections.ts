import { closeSync, openSync, readlinkSync, readSync } from 'node:fs';
import type { Server } from 'node:net';

const LISTENING = '0A';
const READ_BYTES = 64 * 1024;

/**
 * How many connections of a server wait to be accepted. Linux says so in `/proc/net/tcp`, where the
 * receive queue of a listening socket is its accept queue (`get_tcp4_sock` in its `tcp_ipv4.c`).
 *
 * @returns undefined if unknown: on other systems, and for Unix sockets
 * @internal
 */
export function waitingConnections(server: Server): number | undefined {
  const inode = inodeOf(server);
  if (inode === undefined) return undefined;
  for (const table of ['/proc/net/tcp', '/proc/net/tcp6']) {
    const [, , , , queues] = listeningRows(table).find((row) => row[9] === inode) ?? [];
    const waiting = Number.parseInt(queues?.split(':')[1] ?? '', 16);
    if (Number.isInteger(waiting)) return waiting;
  }
  return undefined;
}

/** `_handle` is not published, and has an `fd` where the system has one. */
function inodeOf(server: Server): string | undefined {
  const handle = Reflect.get(server, '_handle') as { readonly fd?: number } | null | undefined;
  if (handle?.fd === undefined || handle.fd < 0) return undefined;
  try {
    return /^socket:\[(\d+)\]$/.exec(readlinkSync(`/proc/self/fd/${handle.fd}`))?.[1];
  } catch {
    return undefined;
  }
}

/**
 * Listening sockets come first in a table that may have a hundred thousand others, so only its
 * beginning is read.
 */
function listeningRows(table: string): string[][] {
  let text = '';
  let rows: string[][] = [];
  try {
    const file = openSync(table, 'r');
    try {
      const buffer = Buffer.alloc(READ_BYTES);
      for (let length = readSync(file, buffer); length > 0; length = readSync(file, buffer)) {
        text += buffer.toString('latin1', 0, length);
        rows = text
          .split('\n')
          .slice(1, -1)
          .map((line) => line.trim().split(/\s+/));
        if (rows.at(-1)?.[3] !== LISTENING) break;
      }
    } finally {
      closeSync(file);
    }
  } catch {
    return [];
  }
  return rows.filter((row) => row[3] === LISTENING);
}
