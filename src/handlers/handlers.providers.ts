import type { FactoryProvider } from '@nestjs/common';

import { prototypesOf } from '../nest/built-provider.js';
import { offHttpRoutes } from '../nest/http-route-interceptors.js';
import { BUILT_PROVIDERS } from '../nest/nest.providers.js';
import { RESOLVED_OPTIONS } from '../options/resolve-options.js';
import { ShutdownSequence } from '../shutdown/shutdown-sequence.js';
import { kind } from '../wiring/kind.js';
import { Parts } from '../wiring/parts.js';
import { provide, provideClass } from '../wiring/provide.js';
import { CLOCK } from '../wiring/surroundings.js';
import { token } from '../wiring/token.js';
import { GracefulShutdownInterceptor } from './graceful-shutdown.interceptor.js';
import { GraphQlConnections } from './graphql-connections.js';
import { UnawaitedHandlers } from './unawaited-handlers.js';
import { WorkTracker } from './work-tracker.js';

const HANDLER_PROTOTYPES = token<() => Iterable<object>>('nestjs-drain:handler-prototypes');

/** @internal */
export const HANDLERS: readonly FactoryProvider[] = [
  kind(WorkTracker, [CLOCK, ShutdownSequence]),
  provide(HANDLER_PROTOTYPES, [BUILT_PROVIDERS], (providers) => () => prototypesOf(providers)),
  kind(UnawaitedHandlers, [HANDLER_PROTOTYPES, RESOLVED_OPTIONS, WorkTracker]),
  provideClass(GraphQlConnections, []),
];

/** The interceptor of the whole application. @internal */
export const INTERCEPTOR = provide(GracefulShutdownInterceptor, [Parts], (made) => {
  const interceptor = new GracefulShutdownInterceptor(made);
  offHttpRoutes.add(interceptor);
  return interceptor;
});
