// Its README, "Usage": `terminate()` instead of `server.close()`. The signal is left to the user. Of
// its two times, `maxWaitTimeout` ends the waiting, `gracefulTerminationTimeout` destroys sockets.
import createHttpTerminator from 'lil-http-terminator';

import { onSigterm } from './on-sigterm.mjs';
import { versionOf } from './version-of.mjs';

export const name = 'lil-http-terminator';
export const version = versionOf('lil-http-terminator');
export const grace = 'written by hand';

export function wire(context) {
  const { drainTimeoutMs } = context.budget;
  const terminator = createHttpTerminator({
    server: context.server,
    gracefulTerminationTimeout: drainTimeoutMs,
    maxWaitTimeout: drainTimeoutMs,
  });
  onSigterm(context, () => terminator.terminate());
}
