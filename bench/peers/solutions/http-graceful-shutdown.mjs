// Its README, "Advanced Options Example": `preShutdown` is where "HTTP sockets are still available
// and untouched", `onShutdown` is the "cleanup function".
import { setTimeout as sleep } from 'node:timers/promises';

import gracefulShutdown from 'http-graceful-shutdown';

import { versionOf } from './version-of.mjs';

export const name = 'http-graceful-shutdown';
export const version = versionOf('http-graceful-shutdown');
export const grace = 'written by hand';

export function wire({ app, server, budget, readiness }) {
  gracefulShutdown(server, {
    signals: 'SIGINT SIGTERM',
    timeout: budget.drainTimeoutMs,
    forceExit: true,
    preShutdown: async () => {
      readiness.isReady = () => false;
      await sleep(budget.gracePeriodMs);
    },
    onShutdown: () => app.close(),
  });
}
