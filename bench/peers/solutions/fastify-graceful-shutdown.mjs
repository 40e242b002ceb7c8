// Its README, "Register plugin" and "Usage": on Fastify only. A handler of the application runs on the
// signal, before the plugin calls `fastify.close()`: the place for readiness, the grace period and Nest.
import { setTimeout as sleep } from 'node:timers/promises';

import plugin from 'fastify-graceful-shutdown';

import { versionOf } from './version-of.mjs';

export const name = 'fastify-graceful-shutdown';
export const version = versionOf(name);
export const grace = 'written by hand';
export const adapters = ['fastify'];

export async function wire({ app, budget, readiness }) {
  const fastify = app.getHttpAdapter().getInstance();
  await app.register(plugin, { timeout: budget.totalMs });
  fastify.after(() => {
    fastify.gracefulShutdown(async () => {
      readiness.isReady = () => false;
      await sleep(budget.gracePeriodMs);
      await app.close();
    });
  });
}
