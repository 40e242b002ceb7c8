import { readFileSync, readlinkSync } from 'node:fs';

/** Of /proc/net/unix: Num RefCount Protocol Flags Type St Inode Path. */
const LINE = /^\S+ \S+ \S+ \S+ \S+ \S+ +(\d+) (.+)$/;

/**
 * The path of a bound Unix socket, which Node does not tell. An abstract one begins with `@`.
 *
 * @returns undefined for other sockets, and without /proc
 * @internal
 */
export function unixSocketPath(fd: number): string | undefined {
  try {
    const [, inode] = /^socket:\[(\d+)\]$/.exec(readlinkSync(`/proc/self/fd/${fd}`)) ?? [];
    const lines = readFileSync('/proc/net/unix', 'utf8').split('\n');
    const matches = lines.map((line) => LINE.exec(line));
    return matches.find((match) => match !== null && match[1] === inode)?.[2];
  } catch {
    return undefined;
  }
}
