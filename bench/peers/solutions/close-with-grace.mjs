// Its README, "Example with Fastify": `await app.close()` in the function, which has `delay` for all
// of it. The grace period before that is what a careful user adds.
import { setTimeout as sleep } from 'node:timers/promises';

import closeWithGrace from 'close-with-grace';

import { versionOf } from './version-of.mjs';

export const name = 'close-with-grace';
export const version = versionOf('close-with-grace');
export const grace = 'written by hand';

export function wire({ app, budget, readiness }) {
  closeWithGrace({ delay: budget.totalMs }, async () => {
    readiness.isReady = () => false;
    await sleep(budget.gracePeriodMs);
    await app.close();
  });
}
