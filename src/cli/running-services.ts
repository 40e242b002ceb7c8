import { existsSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';

import { isAbandoned, probeSocket } from '../sockets/probe-socket.js';
import { assertPrivate, controlFolders, controlFoldersOf, pidOf } from './control-folder.js';

/** A running service with a control socket. @internal */
export interface RunningService {
  readonly pid: number;
  /** The path of its control socket. */
  readonly path: string;
}

/** The services of this user with a control socket in a default folder. @internal */
export async function runningServices(warn: (message: string) => void): Promise<RunningService[]> {
  const sockets = controlFolders().flatMap((folder) => socketsIn(folder, warn));
  await Promise.all(sockets.map(removeIfStale));
  return listening(sockets);
}

async function listening(sockets: readonly RunningService[]): Promise<RunningService[]> {
  const probed = await Promise.all(
    sockets.map(async (service) =>
      (await probeSocket(service.path)) === 'listening' ? service : [],
    ),
  );
  return probed.flat();
}

/** The service with this PID, of any user whose folders this user may read. @internal */
export async function servicesOf(
  pid: number,
  warn: (message: string) => void,
): Promise<RunningService[]> {
  const { folders, uid } = controlFoldersOf(pid);
  const sockets = folders.flatMap((folder) => socketsIn(folder, warn, uid));
  return listening(sockets.filter((service) => service.pid === pid));
}

/** Removes the sockets of services that were killed. @internal */
export async function removeStaleSockets(folder: string): Promise<void> {
  await Promise.all(socketsIn(folder, () => {}).map(removeIfStale));
}

function socketsIn(
  folder: string,
  warn: (message: string) => void,
  uid?: number,
): RunningService[] {
  if (!existsSync(folder)) return [];
  try {
    assertPrivate(folder, uid);
    return readdirSync(folder).flatMap((name) => {
      const pid = pidOf(name);
      return pid === undefined ? [] : [{ pid, path: join(folder, name) }];
    });
  } catch (error) {
    warn((error as Error).message);
    return [];
  }
}

/**
 * Checks the process and the socket, because neither is enough. The PID means nothing if the
 * process runs in another container that shares the folder, and macOS also refuses connections to a
 * socket whose queue is full.
 */
async function removeIfStale({ pid, path }: RunningService): Promise<void> {
  if (!isAlive(pid) && (await isAbandoned(path))) rmSync(path, { force: true });
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
