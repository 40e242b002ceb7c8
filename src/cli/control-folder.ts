import { lstatSync, mkdirSync, readFileSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { LONGEST_SOCKET_PATH } from '../sockets/bind.js';
import { controlPathTooLong, unsafeFolder } from './command.errors.js';

/**
 * The folders for the control sockets of a user's services, the best first: systemd's
 * `RuntimeDirectory=`, which stays visible to others with `PrivateTmp=`; the session's folder; the
 * folder for temporary files, if there is neither (cron).
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
 * The folders for the control socket of another process, from its own environment and root: it may
 * run as another user, or in a container. Only root and the same user may read them.
 *
 * @returns no folders if unknown, as on systems other than Linux
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

/** @throws GracefulShutdownError if another user owns it or has access to it @internal */
export function makeControlFolder(folder: string): void {
  try {
    mkdirSync(folder, { mode: 0o700 });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
  assertPrivate(folder);
}

/**
 * Anyone can write to the folder for temporary files, so another user may have created ours.
 *
 * @throws GracefulShutdownError if another user owns it or has access to it
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

/** @returns undefined if the name is not that of a control socket @internal */
export function pidOf(name: string): number | undefined {
  const [, pid] = /^([1-9]\d*)\.sock$/.exec(name) ?? [];
  return pid === undefined ? undefined : Number(pid);
}
