import { lstatSync, mkdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { controlPathTooLong, unsafeFolder } from './command.errors.js';

/** The length of `sun_path` in bytes, less its zero: unix(7), and unix(4) of macOS. @internal */
export const LONGEST_SOCKET_PATH = process.platform === 'linux' ? 107 : 103;

/**
 * Where the control sockets of this user's services may be, the best place first. The second one is
 * for those without a session, such as system services and cron.
 *
 * @internal
 */
export function controlFolders(): string[] {
  const parents = [process.env['XDG_RUNTIME_DIR'], tmpdir()].filter((parent) =>
    parent?.startsWith('/'),
  );
  return [...new Set(parents)].map((parent) => join(parent!, `nestjs-drain-${process.getuid!()}`));
}

/** @throws GracefulShutdownError where it belongs to others, or is open to them @internal */
export function makeControlFolder(folder: string): void {
  try {
    mkdirSync(folder, { mode: 0o700 });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
  assertPrivate(folder);
}

/**
 * A folder for temporary files is open to all: whoever is first may have made ours.
 *
 * @throws GracefulShutdownError where it belongs to others, or is open to them
 * @internal
 */
export function assertPrivate(folder: string): void {
  const found = lstatSync(folder);
  if (!found.isDirectory()) throw unsafeFolder(folder, 'is no folder');
  if (found.uid !== process.getuid!()) {
    throw unsafeFolder(folder, `belongs to the user ${found.uid}`);
  }
  const mode = found.mode & 0o777;
  if (mode !== 0o700) throw unsafeFolder(folder, `has the mode ${mode.toString(8)} instead of 700`);
}

/** @throws GracefulShutdownError where the system has no room for it @internal */
export function assertShort(path: string): void {
  if (Buffer.byteLength(path) <= LONGEST_SOCKET_PATH) return;
  throw controlPathTooLong(path, LONGEST_SOCKET_PATH);
}

/** @internal */
export function socketName(pid: number): string {
  return `${pid}.sock`;
}

/** @returns undefined for a file that is no control socket @internal */
export function pidOf(name: string): number | undefined {
  const [, pid] = /^([1-9]\d*)\.sock$/.exec(name) ?? [];
  return pid === undefined ? undefined : Number(pid);
}
