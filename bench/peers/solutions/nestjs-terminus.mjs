// Nest's docs, "Health checks (Terminus)", "Graceful shutdown timeout":
// `TerminusModule.forRoot({ gracefulShutdownTimeoutMs })`, and `app.enableShutdownHooks()`.
import { HealthCheckService, TerminusModule } from '@nestjs/terminus';

import { versionOf } from './version-of.mjs';

export const name = '@nestjs/terminus';
export const version = versionOf('@nestjs/terminus');
export const grace = 'a fixed wait, after `onModuleDestroy`';

export function imports({ gracePeriodMs }) {
  return [TerminusModule.forRoot({ gracefulShutdownTimeoutMs: gracePeriodMs, logger: false })];
}

export function wire({ app, readiness }) {
  app.enableShutdownHooks();
  const health = app.get(HealthCheckService, { strict: false });
  readiness.isReady = () =>
    health.check([]).then(
      () => true,
      () => false,
    );
}
