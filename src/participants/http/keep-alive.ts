import type { Server } from 'node:net';

/**
 * After how long Node ends an idle connection, in ms; 0 if it never does. Newer versions add a
 * second (`keepAliveTimeoutBuffer`).
 *
 * @internal
 */
export function keepAliveMsOf(server: Server): number {
  const { keepAliveTimeout = 0, keepAliveTimeoutBuffer = 0 } = server as {
    keepAliveTimeout?: number;
    keepAliveTimeoutBuffer?: number;
  };
  return keepAliveTimeout > 0 ? keepAliveTimeout + keepAliveTimeoutBuffer : 0;
}
