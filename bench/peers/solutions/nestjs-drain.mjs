// README, "Quick start": the import, and the readiness indicator. Nothing in main.ts.
import { HealthCheckService, TerminusModule } from '@nestjs/terminus';
import { GracefulShutdownHealthIndicator, GracefulShutdownModule } from 'nestjs-drain';

import { versionOf } from './version-of.mjs';

export const name = 'nestjs-drain';
export const version = versionOf('nestjs-drain');
export const grace = 'its own';

export function imports({ gracePeriodMs, drainTimeoutMs, closeTimeoutMs }) {
  const options = { gracePeriodMs, drainTimeoutMs, closeTimeoutMs };
  return [GracefulShutdownModule.forRoot(options), TerminusModule.forRoot({ logger: false })];
}

export function wire({ app, readiness }) {
  const health = app.get(HealthCheckService, { strict: false });
  const shutdown = app.get(GracefulShutdownHealthIndicator);
  readiness.isReady = () =>
    health.check([() => shutdown.isHealthy()]).then(
      () => true,
      () => false,
    );
}
