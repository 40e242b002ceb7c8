import type { NestInstance } from './application-sighting.js';
import type { CapturedApplication } from './captured-application.js';

/**
 * The global interceptors that want no part in HTTP routes. Known by instance: those of the
 * application are not looked into.
 *
 * @internal
 */
export const offHttpRoutes = new WeakSet<object>();

/**
 * One interceptor on a route puts the whole interceptor chain into the path of every request: that
 * alone costs Fastify a third of its throughput (`npm run bench` measures it). HTTP requests are
 * counted on the server and named by their route, so ours stays away while Nest builds the routes,
 * and is back for gateways and message handlers.
 *
 * @internal
 */
export function keepOffHttpRoutes(application: CapturedApplication, instance: NestInstance): void {
  application.replace('registerRouter', (original) => async () => {
    const interceptors = instance.config?.getGlobalInterceptors?.() ?? [];
    const ours = interceptors.filter(isOffHttpRoutes);
    const others = interceptors.filter((interceptor) => !isOffHttpRoutes(interceptor));
    interceptors.splice(0, Infinity, ...others);
    try {
      await original();
    } finally {
      interceptors.push(...ours);
    }
  });
}

function isOffHttpRoutes(interceptor: unknown): boolean {
  return offHttpRoutes.has(interceptor as object);
}
