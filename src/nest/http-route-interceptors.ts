import type { ModulesContainer } from '@nestjs/core';

import type { NestInstance } from './application-sighting.js';
import type { CapturedApplication } from './captured-application.js';

/**
 * Our global interceptors that stay off HTTP routes. Known by instance, so that the application's
 * own are not touched.
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
export function keepOffHttpRoutes(application: CapturedApplication): void {
  application.replace('registerRouter', (original) => async () => {
    const putBack = takeOut(application.instance);
    try {
      await original();
    } finally {
      putBack();
    }
  });
}

/**
 * An interceptor makes a message handler lazy: it returns an Observable, to which a custom strategy
 * may never subscribe. If the servers of microservices are known, they count their messages without
 * it, so it stays away while Nest builds the handlers. From an application without resolvers it
 * stays away altogether.
 *
 * @param beforeInit - defers a function: in a hybrid application until its message handlers have
 * been built, in a microservice until right before
 * @internal
 */
export function keepOffMessageHandlers(
  instance: NestInstance,
  modules: ModulesContainer,
  beforeInit: (callback: () => void) => void,
): void {
  if (!('getRpcTargetRegistry' in modules)) return;
  const putBack = takeOut(instance);
  // A microservice gets its configuration only now, and its handlers after this.
  beforeInit(hasGraphQl(modules) ? putBack : () => void takeOut(instance));
}

/** @returns a function that puts them back */
function takeOut({ config, applicationConfig }: NestInstance): () => void {
  const interceptors = (applicationConfig ?? config)?.getGlobalInterceptors?.() ?? [];
  const ours = interceptors.filter(isOffHttpRoutes);
  const others = interceptors.filter((interceptor) => !isOffHttpRoutes(interceptor));
  interceptors.splice(0, Infinity, ...others);
  return () => void interceptors.push(...ours);
}

function hasGraphQl(modules: ModulesContainer): boolean {
  return [...modules.values()].some(({ metatype }) => metatype?.name === 'GraphQLModule');
}

function isOffHttpRoutes(interceptor: unknown): boolean {
  return offHttpRoutes.has(interceptor as object);
}
