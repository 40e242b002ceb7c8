import { connect } from 'node:net';

/**
 * Checks whether a process listens on a Unix socket. The file alone proves nothing: it outlives a
 * killed process.
 *
 * @returns the error of the system if none does
 * @internal
 */
export function probeSocket(path: string): Promise<'listening' | NodeJS.ErrnoException> {
  return new Promise((resolve) => {
    const socket = connect(path);
    socket.once('connect', () => {
      socket.destroy();
      resolve('listening');
    });
    socket.once('error', resolve);
  });
}

/** @internal */
export async function isAbandoned(path: string): Promise<boolean> {
  const found = await probeSocket(path);
  return found !== 'listening' && found.code === 'ECONNREFUSED';
}
