import { HealthCheckService } from '@nestjs/terminus';

import { GracefulShutdownHealthIndicator } from './graceful-shutdown.health.js';

const ASKED_BY_PROBES: ReadonlySet<unknown> = new Set([
  HealthCheckService,
  GracefulShutdownHealthIndicator,
]);

/**
 * The routes of a controller that answers health probes: one that asks terminus, or this package,
 * how the application is.
 *
 * @param injected - what Nest injects into it
 * @internal
 */
export function probeRoutes(
  { name, prototype }: { readonly name: string; readonly prototype: object },
  injected: readonly unknown[],
): string[] {
  if (!injected.some((token) => ASKED_BY_PROBES.has(token))) return [];
  return Object.getOwnPropertyNames(prototype).map((key) => `${name}.${key}`);
}
