// Its "Example": `GracefulServer(server)` over the server, and `setReady()` once that listens.
// `closePromises` is the place for what is to be closed after the server: Nest. Its `timeout` is waited
// for in full before it closes the server.
import GracefulServer from '@gquittet/graceful-server';

import { versionOf } from './version-of.mjs';

export const name = '@gquittet/graceful-server';
export const version = versionOf(name);
export const grace = 'its own';

export function wire({ app, server, budget }) {
  const graceful = GracefulServer(server, {
    timeout: budget.gracePeriodMs,
    closePromises: [() => app.close()],
  });
  return { listening: () => graceful.setReady() };
}
