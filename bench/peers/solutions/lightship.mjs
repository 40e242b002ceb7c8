// Its README, "Using with Express.js": `signalReady()` once the server listens, and a handler that
// closes the server; "Best practices": a delay first, all active requests finish, then the rest.
// Handlers run in the order of their registration. Readiness has a port of its own.
import { createLightship } from 'lightship';

import { versionOf } from './version-of.mjs';

export const name = 'lightship';
export const version = versionOf('lightship');
export const grace = 'its own';

export async function wire({ app, server, budget }) {
  const lightship = await createLightship({
    signals: ['SIGTERM', 'SIGINT'],
    shutdownDelay: budget.gracePeriodMs,
    gracefulShutdownTimeout: budget.drainTimeoutMs + budget.closeTimeoutMs,
    shutdownHandlerTimeout: budget.drainTimeoutMs + budget.closeTimeoutMs,
  });
  lightship.registerShutdownHandler(() => new Promise((resolve) => server.close(resolve)));
  lightship.registerShutdownHandler(() => app.close());
  return {
    readyPort: lightship.server.address().port,
    listening: () => lightship.signalReady(),
  };
}
