import { setTimeout as sleep } from 'node:timers/promises';

/**
 * For libraries that stop a server and leave the rest to their user: the handler of a careful one.
 * `once` leaves a second signal to Node, which ends the process.
 */
export function onSigterm(context, stopServer) {
  process.once('SIGTERM', () => void leave(context, stopServer));
}

/** Readiness turns red, the grace period passes, the library stops the server, Nest closes. */
async function leave({ app, budget, readiness }, stopServer) {
  readiness.isReady = () => false;
  await sleep(budget.gracePeriodMs);
  await stopServer();
  await app.close();
  process.exit(0);
}
