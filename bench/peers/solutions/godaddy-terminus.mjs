// Its README, "Usage", and "How to set Terminus up with Kubernetes?": `beforeShutdown` waits for the
// balancer, `useExit0`. Nest closes in `onSignal`, the place for "cleanup", after the server.
import { setTimeout as sleep } from 'node:timers/promises';

import { createTerminus } from '@godaddy/terminus';

import { versionOf } from './version-of.mjs';

export const name = '@godaddy/terminus';
export const version = versionOf('@godaddy/terminus');
export const grace = 'its own';

export function wire({ app, server, budget }) {
  createTerminus(server, {
    healthChecks: { '/ready': async () => {} },
    signals: ['SIGTERM', 'SIGINT'],
    timeout: budget.drainTimeoutMs,
    useExit0: true,
    beforeShutdown: () => sleep(budget.gracePeriodMs),
    onSignal: () => app.close(),
  });
}
