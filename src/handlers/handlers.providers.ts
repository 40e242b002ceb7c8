import type { Provider } from '@nestjs/common';
import { APP_INTERCEPTOR } from '@nestjs/core';

import { offHttpRoutes } from '../nest/http-route-interceptors.js';
import { ShutdownSequence } from '../shutdown/shutdown-sequence.js';
import { kind } from '../wiring/kind.js';
import { provide } from '../wiring/provide.js';
import { CLOCK } from '../wiring/surroundings.js';
import {
  GracefulShutdownInterceptor,
  RPC_SERVERS_ARE_KNOWN,
} from './graceful-shutdown.interceptor.js';
import { GraphQlConnections } from './graphql-connections.js';
import { WorkTracker } from './work-tracker.js';

/** @internal */
export const HANDLERS: readonly Provider[] = [
  kind(WorkTracker, [CLOCK, ShutdownSequence]),
  GraphQlConnections,
  provide(
    GracefulShutdownInterceptor,
    [WorkTracker, GraphQlConnections, RPC_SERVERS_ARE_KNOWN],
    interceptorOf,
  ),
  { provide: APP_INTERCEPTOR, useExisting: GracefulShutdownInterceptor },
];

function interceptorOf(
  ...parts: ConstructorParameters<typeof GracefulShutdownInterceptor>
): GracefulShutdownInterceptor {
  const interceptor = new GracefulShutdownInterceptor(...parts);
  offHttpRoutes.add(interceptor);
  return interceptor;
}
