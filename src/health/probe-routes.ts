import 'reflect-metadata';

import type { ModulesContainer } from '@nestjs/core';

import { GracefulShutdownHealthIndicator } from './graceful-shutdown.health.js';

/** The metadata keys of Nest's `@Header()` and of `@ApiResponse()` of `@nestjs/swagger`. */
const HEADERS = '__headers__';
const RESPONSES = 'swagger/apiResponse';

/**
 * The routes of a controller that answer health probes: those with `@HealthCheck()` of terminus,
 * which leaves no mark but a header and descriptions of the answers. Any route may set that header,
 * so the controller must also inject a health service. When in doubt it is traffic: a probe that
 * counts as traffic costs time, the reverse costs requests.
 *
 * @param methods - the methods of the controller, including inherited ones
 * @param injected - the tokens that Nest injects into it
 * @param healthServices - see `healthServicesOf()`
 * @internal
 */
export function probeRoutes(
  controller: string,
  methods: readonly (readonly [name: string, method: object])[],
  injected: readonly unknown[],
  healthServices: ReadonlySet<unknown>,
): string[] {
  const asks = injected.some((token) => healthServices.has(token));
  // Overridden methods share a name; the last one is called.
  return [...new Map(methods)]
    .filter(([, method]) => isDescribedAsProbe(method) || (asks && isNeverCached(method)))
    .map(([name]) => `${controller}.${name}`);
}

/**
 * The classes that a controller injects to answer probes. That of terminus is found in its module:
 * an application may have a class of that name, too, and one without terminus should not load it.
 *
 * @internal
 */
export function healthServicesOf(modules: ModulesContainer): ReadonlySet<unknown> {
  const tokens = [...modules.values()]
    .filter(({ metatype }) => metatype?.name === 'TerminusModule')
    .flatMap(({ providers }) => [...providers.keys()])
    .filter((token) => typeof token === 'function' && token.name === 'HealthCheckService');
  return new Set<unknown>([GracefulShutdownHealthIndicator, ...tokens]);
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
