// Its readme, "Usage": the server is wrapped, and `server.shutdown(callback)`. The signal is left to
// the user.
import withShutdown from 'http-shutdown';

import { onSigterm } from './on-sigterm.mjs';
import { versionOf } from './version-of.mjs';

export const name = 'http-shutdown';
export const version = versionOf('http-shutdown');
export const grace = 'written by hand';

export function wire(context) {
  const server = withShutdown(context.server);
  onSigterm(context, () => new Promise((resolve) => server.shutdown(resolve)));
}
