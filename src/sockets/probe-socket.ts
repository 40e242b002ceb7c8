import { connect } from 'node:net';

/**
 * Whether somebody listens on a Unix socket. The file alone says nothing: it outlives a process that
 * was killed.
 *
 * @returns the error of the system where nobody does
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
