import { HttpAdapterHost, ModulesContainer } from '@nestjs/core';

import { probeRoutes } from '../health/probe-routes.js';
import { controllersOf } from '../nest/controllers.js';
import { injectedTokens } from '../nest/injected-tokens.js';
import { provide } from '../wiring/provide.js';
import { methodsOf, nameHandlers } from './handler-name.js';
import { type LongLivedResponse, longLivedRoutes } from './long-lived.decorator.js';
import { Routes } from './routes.js';

/** @internal */
export const ROUTES = [provide(Routes, [HttpAdapterHost, ModulesContainer], routesOf)];

function routesOf(host: HttpAdapterHost, modules: ModulesContainer): Routes {
  const longLived = new Map<string, LongLivedResponse>();
  const probes = new Set<string>();
  for (const controller of controllersOf(modules)) {
    nameHandlers(controller);
    const methods = methodsOf(controller.prototype as object);
    for (const name of probeRoutes(controller.name, methods, injectedTokens(controller))) {
      probes.add(name);
    }
    for (const [name, response] of longLivedRoutes(controller)) longLived.set(name, response);
  }
  return new Routes(host, longLived, probes);
}
