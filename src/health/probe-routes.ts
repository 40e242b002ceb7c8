import 'reflect-metadata';

import { HealthCheckService } from '@nestjs/terminus';

import { GracefulShutdownHealthIndicator } from './graceful-shutdown.health.js';

const ASKED_BY_PROBES: ReadonlySet<unknown> = new Set([
  HealthCheckService,
  GracefulShutdownHealthIndicator,
]);

/** Where `@Header()` of Nest and `@ApiResponse()` of `@nestjs/swagger` write. */
const HEADERS = '__headers__';
const RESPONSES = 'swagger/apiResponse';

/**
 * The routes of a controller that answer health probes: those with `@HealthCheck()` of terminus,
 * which has no mark of its own, but sets a header and describes the answers. A header alone may be
 * anybody's, so the controller has to inject what knows how the application is. What is not known
 * for sure is traffic: a probe that counts as traffic costs time, the reverse costs requests.
 *
 * @param methods - of the controller, the inherited ones included
 * @param injected - what Nest injects into it
 * @internal
 */
export function probeRoutes(
  controller: string,
  methods: readonly (readonly [name: string, method: object])[],
  injected: readonly unknown[],
): string[] {
  const asks = injected.some((token) => ASKED_BY_PROBES.has(token));
  // An overridden method has the same name: the last one is the one that is called.
  return [...new Map(methods)]
    .filter(([, method]) => isDescribedAsProbe(method) || (asks && isNeverCached(method)))
    .map(([name]) => `${controller}.${name}`);
}

function isNeverCached(method: object): boolean {
  const headers: unknown = Reflect.getMetadata(HEADERS, method);
  if (!Array.isArray(headers)) return false;
  return headers.some(
    ({ name, value }: { readonly name?: unknown; readonly value?: unknown }) =>
      name === 'Cache-Control' && value === 'no-cache, no-store, must-revalidate',
  );
}

function isDescribedAsProbe(method: object): boolean {
  const responses = Reflect.getMetadata(RESPONSES, method) as
    Readonly<Record<string, { readonly description?: unknown } | undefined>> | undefined;
  return responses?.['503']?.description === 'The Health Check is not successful';
}
