import { lstatSync, mkdirSync, readFileSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { LONGEST_SOCKET_PATH } from '../sockets/bind.js';
import { controlPathTooLong, unsafeFolder } from './command.errors.js';

/**
 * Where the control sockets of a user's services may be, the best place first: `RuntimeDirectory=` of
 * systemd, which others see also with `PrivateTmp=`; the folder of a session; and the one for
 * temporary files, for those without either, such as cron.
 *
 * @internal
 */
export function controlFolders(
  env: NodeJS.ProcessEnv = process.env,
  uid: number = process.getuid!(),
): string[] {
  const [runtime] = env['RUNTIME_DIRECTORY']?.split(':') ?? [];
  const temporary = env === process.env ? tmpdir() : (env['TMPDIR'] ?? '/tmp');
  const parents = [runtime, env['XDG_RUNTIME_DIR'], temporary].filter((parent) =>
    parent?.startsWith('/'),
  );
  return [...new Set(parents)].map((parent) => join(parent!, `nestjs-drain-${uid}`));
}

/**
 * Where the control socket of another process may be, through its eyes: it may belong to another
 * user, and have folders of its own. Only root may look there, or its own user.
 *
 * @returns an empty list if unknown; only Linux tells
 * @internal
 */
export function controlFoldersOf(pid: number): { folders: readonly string[]; uid: number } {
  try {
    const { uid } = statSync(`/proc/${pid}`);
    const entries = readFileSync(`/proc/${pid}/environ`, 'utf8').split('\0');
    const env = Object.fromEntries(entries.map((entry) => entry.split(/=(.*)/s, 2)));
    const folders = controlFolders(env as NodeJS.ProcessEnv, uid);
    return { folders: folders.map((folder) => `/proc/${pid}/root${folder}`), uid };
  } catch {
    return { folders: [], uid: process.getuid!() };
  }
}

/** @throws GracefulShutdownError if it belongs to others, or is open to them @internal */
export function makeControlFolder(folder: string): void {
  try {
    mkdirSync(folder, { mode: 0o700 });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
  assertPrivate(folder);
}

/**
 * The folder for temporary files is open to all: another user may have made ours.
 *
 * @throws GracefulShutdownError if it belongs to others, or is open to them
 * @internal
 */
export function assertPrivate(folder: string, uid: number = process.getuid!()): void {
  const found = lstatSync(folder);
  if (!found.isDirectory()) throw unsafeFolder(folder, 'is not a folder');
  if (found.uid !== uid) {
    throw unsafeFolder(folder, `belongs to user ${found.uid}`);
  }
  const mode = found.mode & 0o777;
  if (mode !== 0o700) throw unsafeFolder(folder, `has mode ${mode.toString(8)} instead of 700`);
}

/** @throws GracefulShutdownError if the path is too long for the system @internal */
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
