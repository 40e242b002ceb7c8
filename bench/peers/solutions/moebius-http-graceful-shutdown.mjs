// Its README, "Vanilla Server": `new GracefulShutdownManager(server)`, and `terminate(callback)`. The
// signal is left to the user; it has no time limit.
import moebius from '@moebius/http-graceful-shutdown';

import { onSigterm } from './on-sigterm.mjs';
import { versionOf } from './version-of.mjs';

export const name = '@moebius/http-graceful-shutdown';
export const version = versionOf(name);
export const grace = 'written by hand';

export function wire(context) {
  const manager = new moebius.GracefulShutdownManager(context.server);
  onSigterm(context, () => new Promise((resolve) => manager.terminate(resolve)));
}
