// Its README, "Usage": `stoppable(server, grace)`, and `server.stop(callback)`. The signal is left
// to the user.
import stoppable from 'stoppable';

import { onSigterm } from './on-sigterm.mjs';
import { versionOf } from './version-of.mjs';

export const name = 'stoppable';
export const version = versionOf('stoppable');
export const grace = 'written by hand';

export function wire(context) {
  stoppable(context.server, context.budget.drainTimeoutMs);
  onSigterm(context, () => new Promise((resolve) => context.server.stop(resolve)));
}
