// Its README, "Usage": `createHttpTerminator({ server })`, and `terminate()` instead of
// `server.close()`. The signal is left to the user.
import { createHttpTerminator } from 'http-terminator';

import { onSigterm } from './on-sigterm.mjs';
import { versionOf } from './version-of.mjs';

export const name = 'http-terminator';
export const version = versionOf('http-terminator');
export const grace = 'written by hand';

export function wire(context) {
  const terminator = createHttpTerminator({
    server: context.server,
    gracefulTerminationTimeout: context.budget.drainTimeoutMs,
  });
  onSigterm(context, () => terminator.terminate());
}
